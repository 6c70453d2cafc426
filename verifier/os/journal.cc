#include "verifier/os/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr time_t kPatienceSeconds = 5;

Finding Fault(const std::string& socket, int error, Code code) {
  const bool absent = error == ENOENT || error == ECONNREFUSED;
  return {code, fmt::format("journal {}: {}", Quote(socket), ErrorText(error)),
          absent ? "is systemd-journald running here? if not, set syslog = false in [audit]" : ""};
}

Result<Fd> Connect(const std::string& path, Code code) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return Fault(path, ENAMETOOLONG, code);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  Fd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) return Fault(path, errno, code);
  const timeval patience{kPatienceSeconds, 0};
  if (setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0) {
    return Fault(path, errno, code);
  }
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the form of the call
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return Fault(path, errno, code);
  }
  return fd;
}

// Sends the file's descriptor, without any bytes beside it.
int SendFile(const Fd& journal, const Fd& file) {
  std::array<char, CMSG_SPACE(sizeof(int))> space{};
  msghdr message{};
  message.msg_control = space.data();
  message.msg_controllen = space.size();
  cmsghdr* control = CMSG_FIRSTHDR(&message);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof(int));
  const int number = file.get();
  std::memcpy(CMSG_DATA(control), &number, sizeof(number));
  return sendmsg(journal.get(), &message, MSG_NOSIGNAL) < 0 ? errno : 0;
}

int SendLarge(const Fd& journal, const std::string& entry) {
  const Fd file = MemoryFile("jobwarden-journal", entry, MFD_ALLOW_SEALING);
  if (!file) return errno;
  // The journal reads only what nobody can change meanwhile.
  constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  if (fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) return errno;
  return SendFile(journal, file);
}

}  // namespace

std::string FormatJournalEntry(const std::vector<JournalField>& fields) {
  std::string entry;
  for (const JournalField& field : fields) {
    entry += field.name;
    if (field.value.find('\n') == field.value.npos) {
      entry += '=';
    } else {
      entry += '\n';
      // 64 bits, the lowest byte first.
      std::uint64_t size = field.value.size();
      for (int i = 0; i < 8; ++i, size >>= 8U) entry += static_cast<char>(size & 0xFFU);
    }
    entry += field.value;
    entry += '\n';
  }
  return entry;
}

Status SendToJournal(const std::vector<JournalField>& fields, const std::string& socket,
                     Code code) {
  const auto journal = Connect(socket, code);
  if (!journal) return journal.findings();
  const std::string entry = FormatJournalEntry(fields);
  int error = send(journal->get(), entry.data(), entry.size(), MSG_NOSIGNAL) < 0 ? errno : 0;
  if (error == EMSGSIZE || error == ENOBUFS) error = SendLarge(*journal, entry);
  if (error != 0) return Fault(socket, error, code);
  return Ok();
}

Status CheckJournal(const std::string& socket, Code code) {
  const auto journal = Connect(socket, code);
  return journal ? Ok() : Status(journal.findings());
}

}  // namespace jobwarden
