#ifndef JOBWARDEN_VERIFIER_OS_JOURNAL_H_
#define JOBWARDEN_VERIFIER_OS_JOURNAL_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"

namespace jobwarden {

/// A field of an entry of systemd's journal. A name may appear in an entry more than once.
struct JournalField {
  std::string_view name;  ///< capital letters, digits and `_`; the first is a letter
  std::string value;      ///< any bytes
};

/// The entry in the journal's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): `NAME=value`
/// and a newline; a value with a newline follows its length instead.
std::string FormatJournalEntry(const std::vector<JournalField>& fields);

/// Hands the entry to the journal at `socket`: as a datagram, or, if it is too large for one, as a
/// sealed file in memory. Waits five seconds at most for a journal that is busy. `code` makes the
/// finding: `journal PATH: reason`.
Status SendToJournal(const std::vector<JournalField>& fields, const std::string& socket, Code code);

/// Whether there is a journal at `socket` to which this user may send. Sends nothing.
Status CheckJournal(const std::string& socket, Code code);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_JOURNAL_H_
