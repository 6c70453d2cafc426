#include "verifier/history/history.h"

#include <zlib.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <mutex>

#include "tests/support/temp_folder.h"
#include "verifier/admission/record.h"
#include "verifier/history/block_reader.h"

using namespace jobwarden;
using jobwarden::testing::TempFolder;

namespace {

// The job ids of the entries, by all visitors together.
class JobIds : public HistoryVisitor {
 public:
  struct Seen {
    std::mutex mutex;
    std::vector<std::string> ids;
    std::vector<std::uint64_t> lines;
  };
  explicit JobIds(Seen& seen) : seen_(seen) {}

  void Visit(const HistoryEntry& entry) override {
    const auto job = entry.members.Get("job");
    const Value* id = job ? job->Find("id") : nullptr;
    const std::scoped_lock lock(seen_.mutex);
    seen_.ids.push_back(id == nullptr || id->AsString() == nullptr ? "" : *id->AsString());
    seen_.lines.push_back(entry.line);
  }

 private:
  Seen& seen_;
};

struct Read {
  HistoryResult result;
  std::vector<std::string> ids;
  std::vector<std::uint64_t> lines;
};

Read ReadAll(const std::vector<std::string>& files) {
  JobIds::Seen seen;
  std::vector<std::unique_ptr<HistoryVisitor>> visitors;
  for (int i = 0; i < 3; ++i) visitors.push_back(std::make_unique<JobIds>(seen));
  Read read{ReadHistory(files, visitors), {}, {}};
  std::sort(seen.ids.begin(), seen.ids.end());
  std::sort(seen.lines.begin(), seen.lines.end());
  read.ids = std::move(seen.ids);
  read.lines = std::move(seen.lines);
  return read;
}

std::string Line(const std::string& id) {
  Record record;
  record.mode = "enforce";
  record.provider = "gitlab";
  record.job_id = id;
  return WriteRecord(record) + "\n";
}

std::string WriteGz(const TempFolder& folder, const std::string& name, const std::string& text,
                    const char* mode = "wb") {
  const std::string path = folder / name;
  gzFile file = gzopen(path.c_str(), mode);
  BOOST_REQUIRE(gzwrite(file, text.data(), static_cast<unsigned>(text.size())) > 0);
  BOOST_REQUIRE(gzclose(file) == Z_OK);
  return path;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(history)

BOOST_AUTO_TEST_CASE(what_a_record_writes_is_read_from_plain_and_gzipped_files) {
  const TempFolder folder;
  const std::string gz = WriteGz(folder, "b.gz", Line("2"));
  WriteGz(folder, "b.gz", Line("3"), "ab");  // a second member, as `cat` makes it
  const Read read = ReadAll({folder.Write("a", Line("1")), gz});
  BOOST_TEST(read.result.findings.empty());
  BOOST_TEST(read.ids == std::vector<std::string>({"1", "2", "3"}),
             boost::test_tools::per_element());
  BOOST_TEST((read.result.count == HistoryCount{.decisions = 3}));
}

BOOST_AUTO_TEST_CASE(torn_foreign_and_newer_lines_are_passed_over_and_counted) {
  const TempFolder folder;
  const std::string whole = Line("1");
  std::string newer = Line("x");
  newer.replace(newer.find("\"format\":1"), 10, "\"format\":2");
  const std::string text = whole.substr(0, 40) + whole +
                           "\n" +                          // the rest of a line after a torn one
                           std::string(20, '\0') + "\n" +  // what a crash leaves
                           "[]\n"
                           "{}\n"
                           "{\"level\":\"info\"}\n" +  //
                           newer +
                           Line("2") +  //
                           "{\"format\":1,\"kind\":\"of "
                           "tomorrow\",\"time\":\"2026-11-22T10:00:00Z\",\"outcome\":\"allow\"}\n"
                           "{\"format\":1,\"kind\":\"id_token_request\",\"time\":\"2026-11-22T10:"
                           "00:00Z\",\"outcome\":\"allow\"}\r\n" +
                           Line("3").substr(0, 100);
  const Read read = ReadAll({folder.Write("a", text)});
  BOOST_TEST(read.result.findings.empty());
  BOOST_TEST(
      (read.result.count ==
       HistoryCount{.decisions = 1, .token_requests = 1, .torn = 4, .foreign = 2, .newer = 2}));
  BOOST_TEST(read.lines == std::vector<std::uint64_t>({8, 10}), boost::test_tools::per_element());
  BOOST_TEST(DescribePassedOver(read.result.count) ==
             "4 torn, 2 foreign, 2 newer lines were passed over");
  BOOST_TEST(DescribePassedOver({}) == "");
}

BOOST_AUTO_TEST_CASE(a_last_line_without_a_newline_is_read) {
  const TempFolder folder;
  std::string text = Line("1") + Line("2");
  text.pop_back();
  BOOST_TEST(ReadAll({folder.Write("a", text)}).result.count.decisions == 2U);
}

BOOST_AUTO_TEST_CASE(line_numbers_and_counts_are_right_over_many_blocks) {
  const TempFolder folder;
  const std::string line = Line("7");
  std::string text;
  constexpr std::size_t kLines = 20'000;  // some megabytes
  for (std::size_t i = 0; i < kLines; ++i) text += line;
  const Read read = ReadAll({WriteGz(folder, "a.gz", text)});
  BOOST_TEST(read.result.count.decisions == kLines);
  for (std::size_t i = 0; i < kLines; ++i) BOOST_REQUIRE(read.lines[i] == i + 1);
}

BOOST_AUTO_TEST_CASE(a_line_that_is_too_long_is_one_torn_line_and_the_next_is_read) {
  const TempFolder folder;
  const std::string text =
      Line("1") + std::string(3 * BlockReader::kMaxLineBytes, 'x') + "\n" + Line("2");
  const Read read = ReadAll({folder.Write("a", text)});
  BOOST_TEST((read.result.count == HistoryCount{.decisions = 2, .torn = 1}));
  BOOST_TEST(read.lines == std::vector<std::uint64_t>({1, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_damaged_gzip_file_is_told_and_what_came_before_is_kept) {
  const TempFolder folder;
  std::string many;
  for (int i = 0; i < 5'000; ++i) many += Line(std::to_string(i * 7919));
  const std::string path = WriteGz(folder, "cut.gz", many);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const Read read = ReadAll({path, folder.Write("a", Line("1"))});
  BOOST_REQUIRE(read.result.findings.size() == 1);
  BOOST_TEST(read.result.findings[0].message.ends_with("the gzip data are cut off"));
  BOOST_TEST(read.result.count.decisions >= 1U);
}

BOOST_AUTO_TEST_CASE(a_file_compressed_otherwise_says_how_to_unpack_it) {
  const TempFolder folder;
  const Read read = ReadAll({folder.Write("a.zst", "\x28\xB5\x2F\xFD....")});
  BOOST_REQUIRE(read.result.findings.size() == 1);
  BOOST_TEST(read.result.findings[0].hint == "unpack it with zstd -d first");
}

BOOST_AUTO_TEST_CASE(progress_ends_at_all_bytes) {
  const TempFolder folder;
  JobIds::Seen seen;
  std::vector<std::unique_ptr<HistoryVisitor>> visitors;
  visitors.push_back(std::make_unique<JobIds>(seen));
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += Line("1");
  HistoryProgress last;
  ReadHistory({folder.Write("a", text)}, visitors, [&](const HistoryProgress& progress) {
    BOOST_TEST(progress.bytes >= last.bytes);
    last = progress;
  });
  BOOST_TEST(last.bytes == text.size());
  BOOST_TEST(last.all_bytes == text.size());
}

BOOST_AUTO_TEST_SUITE_END()
