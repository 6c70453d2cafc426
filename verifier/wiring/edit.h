#ifndef JOBWARDEN_VERIFIER_WIRING_EDIT_H_
#define JOBWARDEN_VERIFIER_WIRING_EDIT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// A change of a text: `length` bytes at `offset` become `replacement`. One that inserts, with a
/// `length` of 0, inserts whole lines: at the beginning of a line, or at the text's end.
struct Edit {
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string replacement;
};

/// The text after all edits. REQUIRES: they are sorted by offset, and do not overlap.
std::string Apply(std::string_view text, const std::vector<Edit>& edits);

/// The edits as a unified diff of whole lines without context, for people. It shows no line that is
/// not changed: such a line may hold a secret. Control characters are escaped. REQUIRES: as Apply,
/// and no two edits in one line.
std::string DiffText(const std::string& path, std::string_view text,
                     const std::vector<Edit>& edits);

/// The end of a line in this text: `"\r\n"` if its first line ends so, else `"\n"`.
std::string_view LineEnd(std::string_view text);

/// The edit that inserts lines after the line that `offset` is in.
Edit InsertAfter(std::string_view text, std::size_t offset, const std::vector<std::string>& lines);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_WIRING_EDIT_H_
