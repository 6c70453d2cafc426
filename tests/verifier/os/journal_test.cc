#include "verifier/os/journal.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/has.h"
#include "tests/support/journal_socket.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

std::string ValueOf(const JournalSocket::Entry& entry, const std::string& name) {
  const auto found = entry.find(name);
  return found == entry.end() ? "absent" : found->second;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(journal)

BOOST_AUTO_TEST_CASE(an_entry_is_what_the_protocol_says) {
  BOOST_TEST(FormatJournalEntry({{"MESSAGE", "a=b"}, {"PRIORITY", "6"}}) ==
             "MESSAGE=a=b\nPRIORITY=6\n");
  using namespace std::string_literals;
  BOOST_TEST(FormatJournalEntry({{"MESSAGE", "two\nlines"}, {"X", ""}}) ==
             "MESSAGE\n\x09\0\0\0\0\0\0\0two\nlines\nX=\n"s);
}

BOOST_AUTO_TEST_CASE(an_entry_arrives_whatever_bytes_are_in_it) {
  const TempFolder folder;
  JournalSocket journal(folder / "journal");
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  BOOST_TEST(bool(SendToJournal({{"MESSAGE", "hello"}, {"BYTES", all}, {"BYTES", "again\n"}},
                                journal.path(), Code::kAuditFailed)));
  const auto entry = journal.Receive();
  BOOST_TEST(!journal.was_file());
  BOOST_TEST(ValueOf(entry, "MESSAGE") == "hello");
  BOOST_TEST(ValueOf(entry, "BYTES") == all);
  BOOST_TEST(entry.count("BYTES") == 2U);
  BOOST_TEST(journal.Drain() == 0U);
}

BOOST_AUTO_TEST_CASE(a_forged_field_in_a_value_stays_a_value) {
  const TempFolder folder;
  JournalSocket journal(folder / "journal");
  BOOST_TEST(bool(SendToJournal({{"MESSAGE", "x\nPRIORITY=0\n_UID=0"}, {"PRIORITY", "6"}},
                                journal.path(), Code::kAuditFailed)));
  const auto entry = journal.Receive();
  BOOST_TEST(entry.size() == 2U);
  BOOST_TEST(ValueOf(entry, "PRIORITY") == "6");
}

BOOST_AUTO_TEST_CASE(an_entry_that_is_too_large_for_a_datagram_is_a_sealed_file) {
  const TempFolder folder;
  JournalSocket journal(folder / "journal");
  const std::string large(std::size_t{3} << 20U, 'x');
  BOOST_TEST(bool(
      SendToJournal({{"MESSAGE", "large"}, {"DATA", large}}, journal.path(), Code::kAuditFailed)));
  const auto entry = journal.Receive();
  BOOST_TEST(journal.was_file());
  BOOST_TEST(ValueOf(entry, "MESSAGE") == "large");
  BOOST_TEST((ValueOf(entry, "DATA") == large));
}

BOOST_AUTO_TEST_CASE(without_a_journal_the_finding_says_so_and_what_to_do) {
  const TempFolder folder;
  const std::string absent = folder / "absent";
  for (const auto& status : {SendToJournal({{"MESSAGE", "x"}}, absent, Code::kAuditFailed),
                             CheckJournal(absent, Code::kAuditFailed)}) {
    BOOST_REQUIRE(!status);
    BOOST_TEST(CodeName(status.findings().front().code) == "AUDIT_FAILED");
    BOOST_TEST(Has(status.findings().front().message, "\": No such file or directory"));
    BOOST_TEST(Has(status.findings().front().hint, "systemd-journald"));
  }
  const std::string closed = folder / "closed";
  { const JournalSocket journal(closed); }
  const auto status = SendToJournal({{"MESSAGE", "x"}}, closed, Code::kAuditFailed);
  BOOST_REQUIRE(!status);
  BOOST_TEST(Has(status.findings().front().message, "Connection refused"));
  BOOST_TEST(!SendToJournal({}, std::string(200, 'x'), Code::kAuditFailed));
}

BOOST_AUTO_TEST_CASE(a_check_sends_nothing) {
  const TempFolder folder;
  JournalSocket journal(folder / "journal");
  BOOST_TEST(bool(CheckJournal(journal.path(), Code::kAuditFailed)));
  BOOST_TEST(journal.Drain() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
