#ifndef JOBWARDEN_TESTS_SUPPORT_JOURNAL_SOCKET_H_
#define JOBWARDEN_TESTS_SUPPORT_JOURNAL_SOCKET_H_

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace jobwarden::testing {

/// A journal: it reads the native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL) as journald does,
/// and refuses what journald refuses.
class JournalSocket {
 public:
  using Entry = std::multimap<std::string, std::string>;

  explicit JournalSocket(std::string path) : path_(std::move(path)) {
    fd_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    BOOST_REQUIRE(path_.size() < sizeof(address.sun_path));
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    BOOST_REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  }
  JournalSocket(const JournalSocket&) = delete;
  JournalSocket& operator=(const JournalSocket&) = delete;
  ~JournalSocket() { close(fd_); }

  const std::string& path() const { return path_; }

  /// The next entry that was sent.
  Entry Receive() {
    std::string bytes(std::size_t{4} << 20U, '\0');
    iovec part{bytes.data(), bytes.size()};
    std::array<char, CMSG_SPACE(sizeof(int))> space{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = space.data();
    message.msg_controllen = space.size();
    const ssize_t size = recvmsg(fd_, &message, MSG_CMSG_CLOEXEC);
    BOOST_REQUIRE(size >= 0);
    BOOST_REQUIRE((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0);
    bytes.resize(static_cast<std::size_t>(size));
    was_file_ = false;
    if (const cmsghdr* control = CMSG_FIRSTHDR(&message)) {
      BOOST_REQUIRE(bytes.empty());
      bytes = ReadSealed(*control);
      was_file_ = true;
    }
    return Parse(bytes);
  }

  /// Whether the last entry came as a file.
  bool was_file() const { return was_file_; }

  /// The number of entries that wait.
  std::size_t Drain() {
    std::size_t count = 0;
    char byte = 0;
    while (recv(fd_, &byte, 1, MSG_TRUNC) >= 0) ++count;
    return count;
  }

  static Entry Parse(std::string_view bytes) {
    Entry entry;
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      BOOST_REQUIRE(end != bytes.npos);
      const std::string_view line = bytes.substr(0, end);
      const std::size_t equals = line.find('=');
      bytes.remove_prefix(end + 1);
      if (equals != line.npos) {
        Add(entry, line.substr(0, equals), line.substr(equals + 1));
        continue;
      }
      std::uint64_t size = 0;
      BOOST_REQUIRE(bytes.size() >= 8U);
      for (std::size_t i = 8; i-- > 0;) size = size << 8U | static_cast<unsigned char>(bytes[i]);
      bytes.remove_prefix(8);
      BOOST_REQUIRE(bytes.size() > size);
      Add(entry, line, bytes.substr(0, size));
      BOOST_REQUIRE(bytes[size] == '\n');
      bytes.remove_prefix(size + 1);
    }
    return entry;
  }

 private:
  static void Add(Entry& entry, std::string_view name, std::string_view value) {
    BOOST_TEST(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == name.npos);
    BOOST_TEST((!name.empty() && name.size() <= 64U && name.front() >= 'A'));
    entry.emplace(name, value);
  }

  static std::string ReadSealed(const cmsghdr& control) {
    int file = -1;
    std::memcpy(&file, CMSG_DATA(&control), sizeof(file));
    const int seals = fcntl(file, F_GET_SEALS);
    BOOST_TEST(seals == (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
    const off_t size = lseek(file, 0, SEEK_END);
    std::string bytes(static_cast<std::size_t>(size), '\0');
    BOOST_REQUIRE(pread(file, bytes.data(), bytes.size(), 0) == size);
    close(file);
    return bytes;
  }

  std::string path_;
  int fd_ = -1;
  bool was_file_ = false;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_JOURNAL_SOCKET_H_
