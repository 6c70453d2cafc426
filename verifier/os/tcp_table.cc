#include "verifier/os/tcp_table.h"

#include <dirent.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include "verifier/base/number.h"

namespace jobwarden {

std::optional<std::uint16_t> TcpSocket::LocalPort() const {
  return ParseNumber<std::uint16_t>(local.substr(std::min(local.rfind(':') + 1, local.size())), 16);
}

std::optional<TcpSocket> TakeTcpSocket(std::string_view& table) {
  std::string_view line = table.substr(0, table.find('\n'));
  table.remove_prefix(std::min(line.size() + 1, table.size()));
  constexpr std::size_t kLocal = 1;
  constexpr std::size_t kRemote = 2;
  constexpr std::size_t kState = 3;
  constexpr std::size_t kUser = 7;
  constexpr std::size_t kInode = 9;
  constexpr std::string_view kListens = "0A";
  std::array<std::string_view, kInode + 1> words;
  for (std::string_view& word : words) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
  }
  const auto user = ParseNumber<uid_t>(words[kUser]);
  const auto inode = ParseNumber<std::uint64_t>(words[kInode]);
  if (!user || !inode) return std::nullopt;
  return TcpSocket{words[kLocal], words[kRemote], words[kState] == kListens, *user, *inode};
}

std::optional<std::set<std::uint64_t>> SocketsOf(pid_t pid) {
  const std::string folder = fmt::format("/proc/{}/fd", pid);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(folder.c_str()), closedir);
  if (!entries) return std::nullopt;
  constexpr std::string_view kBegin = "socket:[";
  std::set<std::uint64_t> inodes;
  while (const dirent* each = readdir(entries.get())) {  // NOLINT(concurrency-mt-unsafe)
    std::array<char, 64> target{};
    const ssize_t size =
        readlinkat(dirfd(entries.get()), each->d_name, target.data(), target.size());
    std::string_view link(target.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (!link.starts_with(kBegin) || !link.ends_with(']')) continue;
    link.remove_prefix(kBegin.size());
    link.remove_suffix(1);
    if (const auto inode = ParseNumber<std::uint64_t>(link)) inodes.insert(*inode);
  }
  return inodes;
}

}  // namespace jobwarden
