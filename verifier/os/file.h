#ifndef JOBWARDEN_VERIFIER_OS_FILE_H_
#define JOBWARDEN_VERIFIER_OS_FILE_H_

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// The words for `errno` values, in the C locale: "Permission denied".
std::string ErrorText(int error);

/// Opens a regular file for reading; never blocks on a FIFO, never becomes anybody's terminal.
/// `code` and `what` make the finding: `what PATH: reason`.
Result<Fd> OpenFile(const std::string& path, Code code, std::string_view what);

/// All bytes of an open file, from its beginning; more than `max_bytes` are refused.
Result<std::string> ReadAll(const Fd& fd, const std::string& path, std::size_t max_bytes, Code code,
                            std::string_view what);

/// OpenFile and ReadAll.
Result<std::string> ReadFile(const std::string& path, std::size_t max_bytes, Code code,
                             std::string_view what);

/// Opens a folder; the descriptor is empty when there is no such folder.
Result<Fd> OpenFolder(const std::string& path, Code code, std::string_view what);

/// The names in an open folder, sorted by their bytes; without `.` and `..`.
Result<std::vector<std::string>> ListFolder(const Fd& fd, const std::string& path, Code code,
                                            std::string_view what);

/// Refuses an open file, or folder, that somebody could have changed who has no right to.
///
/// It and the folder it lies in must belong to root or to the caller, and be writable by neither
/// group nor others; the folders above and all links on the way too, where the sticky bit excuses
/// a folder that others may write. With `job_user` it is also refused when that user could write
/// it, or could put another in its place (root always can): otherwise one allowed job plants what
/// decides about the next. A read-only file system counts as not writable, whatever the mode says.
Status CheckWriters(const Fd& fd, const std::string& path, std::optional<uid_t> job_user, Code code,
                    std::string_view what);

/// The same for each of several users; for none of them where there are none.
Status CheckWriters(const Fd& fd, const std::string& path, const std::vector<uid_t>& job_users,
                    Code code, std::string_view what);

/// The part of the above that can be asked before there is a file at `path`: the folder that it
/// will lie in, the folders above, and the links on the way.
Status CheckWritersOfPlace(const std::string& path, const std::vector<uid_t>& job_users, Code code,
                           std::string_view what);

enum class Durability {
  kDurable,   ///< fsynced: there after a power cut
  kVolatile,  ///< not fsynced: for what is worth nothing after a restart, and must cost
              ///< microseconds
};

/// Puts `bytes` in the place of `path`: written beside it, fsynced where it must be durable,
/// renamed. Readers see the old file or the new one; a failure leaves the old one and nothing else.
Status WriteFileAtomically(const std::string& path, std::string_view bytes, mode_t mode, Code code,
                           std::string_view what, Durability durability = Durability::kDurable);

/// Writes `bytes` over what the file holds, and cuts off what is longer: the old bytes are gone,
/// and not only their name. Not for files that others read meanwhile: a failure leaves a mixture.
/// The file must be there, and be a regular file; it is not followed when it is a link.
Status OverwriteFile(const std::string& path, std::string_view bytes, Code code,
                     std::string_view what);

/// Appends `line` and a newline with one write, so that lines of several writers do not mix.
/// The file is created with mode 0600 if it is not there; it is not followed when it is a link.
/// A line that did not fit whole is taken back as far as the system lets it.
Status AppendLine(const std::string& path, std::string_view line, Code code, std::string_view what);

/// Whether AppendLine could append to `path`, as far as that can be seen without a write: the disk
/// may still be full. Nothing is made. A file that is not there can be appended to where this user
/// may write its folder.
Status CheckAppend(const std::string& path, Code code, std::string_view what);

/// Makes the folder, and those above it, unless they are there. New ones get `mode`.
Status MakeFolders(const std::string& path, mode_t mode, Code code, std::string_view what);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_FILE_H_
