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

/// The words for an `errno` value, in the C locale: "Permission denied".
std::string ErrorText(int error);

/// Opens a regular file for reading. It never blocks on a FIFO, and never makes a terminal the
/// controlling one. `code` and `what` make the finding: `what PATH: reason`.
Result<Fd> OpenFile(const std::string& path, Code code, std::string_view what);

/// All bytes of an open file, from its beginning. Refuses a file of more than `max_bytes`.
Result<std::string> ReadAll(const Fd& fd, const std::string& path, std::size_t max_bytes, Code code,
                            std::string_view what);

/// OpenFile and ReadAll.
Result<std::string> ReadFile(const std::string& path, std::size_t max_bytes, Code code,
                             std::string_view what);

/// Opens a folder. The descriptor is empty when the folder is absent.
Result<Fd> OpenFolder(const std::string& path, Code code, std::string_view what);

/// The names in an open folder, sorted by their bytes; without `.` and `..`.
Result<std::vector<std::string>> ListFolder(const Fd& fd, const std::string& path, Code code,
                                            std::string_view what);

/// Refuses an open file, or folder, that somebody without the right to it could have changed.
///
/// The file and its folder must belong to root or to the caller, and neither group nor others may
/// write them. The same holds for the folders above and for all links on the way, except that
/// others may write a folder above that has the sticky bit. With `job_user`, the file is also
/// refused if that user could write it or put another file in its place (root always can):
/// otherwise one allowed job could plant what decides about the next job. On a read-only file
/// system nobody can write, whatever the mode says.
Status CheckWriters(const Fd& fd, const std::string& path, std::optional<uid_t> job_user, Code code,
                    std::string_view what);

/// CheckWriters for each of several users; without `job_user` if there are none.
Status CheckWriters(const Fd& fd, const std::string& path, const std::vector<uid_t>& job_users,
                    Code code, std::string_view what);

/// The part of the above that can be asked before there is a file at `path`: the folder that it
/// will lie in, the folders above, and the links on the way.
Status CheckWritersOfPlace(const std::string& path, const std::vector<uid_t>& job_users, Code code,
                           std::string_view what);

enum class Durability {
  kDurable,   ///< fsynced: there after a power cut
  kVolatile,  ///< not fsynced: for files that are worth nothing after a restart, and that must
              ///< be written within microseconds
};

/// Replaces the file `path` by one with `bytes`: writes it under another name in the same folder,
/// fsyncs it if it must be durable, and renames it. Readers see the old file or the new one. A
/// failure leaves the old file and nothing else.
Status WriteFileAtomically(const std::string& path, std::string_view bytes, mode_t mode, Code code,
                           std::string_view what, Durability durability = Durability::kDurable);

/// Writes `bytes` over the content of the file and cuts off the rest. So the old bytes are gone,
/// and not only their name. Not for files that others read meanwhile, because a failure leaves a
/// mixture. The file must exist and be a regular file. A link is not followed.
Status OverwriteFile(const std::string& path, std::string_view bytes, Code code,
                     std::string_view what);

/// Opens a regular file for AppendLine. Creates it with mode 0600 if it is absent. A link is not
/// followed.
Result<Fd> OpenToAppend(const std::string& path, Code code, std::string_view what);

/// Appends `line` and a newline with one write, so that lines of several writers do not mix. A line
/// of which only a part was written is removed again, unless another writer has written after it.
/// What a writer left who was killed in the middle of a line becomes a line of its own.
/// REQUIRES: the file was opened by OpenToAppend.
Status AppendLine(const Fd& fd, const std::string& path, std::string_view line, Code code,
                  std::string_view what);

/// OpenToAppend and AppendLine.
Status AppendLine(const std::string& path, std::string_view line, Code code, std::string_view what);

/// Whether AppendLine could append to `path`, as far as that can be seen without a write: the disk
/// may still be full. Nothing is made. A file that is not there can be appended to where this user
/// may write its folder.
Status CheckAppend(const std::string& path, Code code, std::string_view what);

/// Makes the folder and those above it, unless they exist. New folders get `mode`.
Status MakeFolders(const std::string& path, mode_t mode, Code code, std::string_view what);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_FILE_H_
