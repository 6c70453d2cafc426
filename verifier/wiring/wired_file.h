#ifndef JOBWARDEN_VERIFIER_WIRING_WIRED_FILE_H_
#define JOBWARDEN_VERIFIER_WIRING_WIRED_FILE_H_

#include <string>
#include <string_view>

#include "verifier/base/result.h"

namespace jobwarden {

/// A runner's configuration on disk. Its folder may belong to the user whom jobs run as, so links
/// are not followed, neither to the file nor to its backup, and each call stays in the folder that
/// it has opened.

/// Its bytes. Refuses what is not a regular file, or has more than a MiB.
Result<std::string> ReadWired(const std::string& path);

/// Replaces the bytes `before` of the file by `after`, at once, with its owner, mode and access
/// control list. `before` is kept beside the file, with the same ones, under a name that says of
/// which bytes it is the backup; that path is returned. Both files are on disk when this returns.
/// Refuses a file that does not hold `before` any more. A failure leaves no backup.
Result<std::string> WriteWired(const std::string& path, std::string_view before,
                               std::string_view after);

/// Gives the file back the bytes that it had before the last WriteWired, and removes that backup.
/// Refuses a file that was changed since, because the change would be lost.
Status UndoWired(const std::string& path);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_WIRING_WIRED_FILE_H_
