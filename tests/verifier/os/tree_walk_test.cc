#include "verifier/os/tree_walk.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <map>
#include <thread>

#include "tests/verifier/os/support.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

// What was read of each file; what it read and why not everything.
struct Seen {
  std::map<std::string, std::string> files;
  std::string why;
};

// No test is about time by chance.
TreeLimits Patient() {
  return {.time = 10min};
}

Seen Read(const std::string& path, const TreeLimits& limits = Patient()) {
  const Fd folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  BOOST_REQUIRE(folder);
  Seen seen;
  TreeReader reader;
  reader.leaves_out = [](std::string_view) { return false; };
  reader.read = [&](const TreePiece& piece) {
    BOOST_TEST(piece.begins == !seen.files.contains(std::string(piece.path)));
    seen.files[std::string(piece.path)] += piece.bytes;
    return true;
  };
  seen.why = ReadTree(folder, reader, limits);
  return seen;
}

using Names = std::vector<std::string>;

Names NamesOf(const Seen& seen) {
  Names names;
  for (const auto& [name, bytes] : seen.files) names.push_back(name);
  return names;
}

// Fills the folder with folders of this name inside each other, and gives the descriptor of the
// innermost.
Fd MakeDeep(const std::string& top, const std::string& name, int depth) {
  Fd at(open(top.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < depth; ++i) {
    BOOST_REQUIRE(mkdirat(at.get(), name.c_str(), 0755) == 0);
    at = Fd(openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    BOOST_REQUIRE(at);
  }
  return at;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tree_walk)

BOOST_AUTO_TEST_CASE(every_file_of_every_folder_is_read_whole) {
  const TempFolder folder;
  fs::create_directories(folder / "src/deep/er");
  folder.Write("Makefile", "all:\n");
  folder.Write("src/a.c", "int a;\n");
  folder.Write("src/deep/er/.hidden", std::string("\0\xff", 2));
  folder.Write("empty", "");
  const Seen seen = Read(folder.path());
  BOOST_TEST(seen.why == "");
  BOOST_TEST((NamesOf(seen) == Names{"Makefile", "src/a.c", "src/deep/er/.hidden"}));
  BOOST_TEST(seen.files.at("src/a.c") == "int a;\n");
  BOOST_TEST(seen.files.at("src/deep/er/.hidden") == std::string("\0\xff", 2));
}

BOOST_AUTO_TEST_CASE(a_large_file_comes_in_pieces_that_overlap) {
  const TempFolder folder;
  std::string bytes(1'000'003, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7919 >> 8U);
  folder.Write("f", bytes);
  const Fd fd(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::string whole;
  int pieces = 0;
  bool ended = false;
  const TreeReader reader{
      100, [](std::string_view) { return false; },
      [&](const TreePiece& piece) {
        BOOST_TEST(piece.begins == (pieces++ == 0));
        const std::size_t again = piece.begins ? 0 : 100;
        BOOST_TEST(piece.bytes.substr(0, again) == whole.substr(whole.size() - again));
        whole += piece.bytes.substr(again);
        ended = piece.ends;
        return true;
      }};
  BOOST_TEST(ReadTree(fd, reader, Patient()) == "");
  BOOST_TEST((whole == bytes));
  BOOST_TEST(pieces > 2);
  BOOST_TEST(ended);
}

BOOST_AUTO_TEST_CASE(a_file_of_whole_pieces_ends_too) {
  const TempFolder folder;
  folder.Write("f", std::string(2 * kMaxTreePieceBytes, 'x'));
  const Fd fd(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::size_t size = 0;
  int ends = 0;
  const TreeReader reader{0, [](std::string_view) { return false; },
                          [&](const TreePiece& piece) {
                            size += piece.bytes.size();
                            ends += piece.ends ? 1 : 0;
                            return true;
                          }};
  BOOST_TEST(ReadTree(fd, reader, Patient()) == "");
  BOOST_TEST(size == 2 * kMaxTreePieceBytes);
  BOOST_TEST(ends == 1);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_passed_over_where_that_is_wanted) {
  const TempFolder folder;
  folder.Write("large", std::string(11, 'x'));
  folder.Write("small", "x");
  const Fd fd(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  TreeLimits limits = Patient();
  limits.bytes = 10;
  std::string seen;
  std::string passed_over;
  TreeReader reader;
  reader.leaves_out = [](std::string_view) { return false; };
  reader.read = [&](const TreePiece& piece) {
    seen += piece.path;
    return true;
  };
  reader.passes_over = [&](const std::string& why) { passed_over += why; };
  BOOST_TEST(ReadTree(fd, reader, limits) == "");
  BOOST_TEST(seen == "small");
  BOOST_TEST(passed_over == "file \"large\": more than 10 bytes");
  // Together they are too many, and no one of them is to blame.
  folder.Write("large", std::string(10, 'x'));
  passed_over.clear();
  BOOST_TEST(ReadTree(fd, reader, limits) == "more than 10 bytes");
  BOOST_TEST(passed_over == "");
}

BOOST_AUTO_TEST_CASE(what_is_left_out_is_not_entered) {
  const TempFolder folder;
  fs::create_directories(folder / "a/.git");
  folder.Write("a/.git/config", "x");
  folder.Write("a/f", "x");
  folder.Write("ci.yml", "x");
  const Fd fd(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  Names read;
  const TreeReader reader{
      0, [](std::string_view path) { return path == "a/.git" || path == "ci.yml"; },
      [&](const TreePiece& piece) {
        read.emplace_back(piece.path);
        return true;
      }};
  BOOST_TEST(ReadTree(fd, reader, Patient()) == "");
  BOOST_TEST((read == Names{"a/f"}));
}

BOOST_AUTO_TEST_CASE(a_reader_that_has_seen_enough_is_left_alone) {
  const TempFolder folder;
  for (const char* name : {"a", "b", "c"}) folder.Write(name, std::string(1'000'000, 'x'));
  const Fd fd(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  int pieces = 0;
  const TreeReader reader{0, [](std::string_view) { return false; },
                          [&](const TreePiece&) { return ++pieces < 2; }};
  BOOST_TEST(ReadTree(fd, reader, Patient()) == "");
  BOOST_TEST(pieces == 2);
}

BOOST_AUTO_TEST_CASE(links_are_not_followed) {
  const TempFolder outside;
  outside.Write("secret", "x");
  const TempFolder folder;
  folder.Write("f", "x");
  fs::create_symlink(outside / "secret", folder / "file");
  fs::create_symlink(outside.path(), folder / "folder");
  fs::create_symlink(".", folder / "circle");
  fs::create_symlink("nothing", folder / "broken");
  fs::create_symlink("/proc/self/fd/0", folder / "magic");
  const Seen seen = Read(folder.path());
  BOOST_TEST(seen.why == "");
  BOOST_TEST((NamesOf(seen) == Names{"f"}));
}

BOOST_AUTO_TEST_CASE(fifos_and_sockets_block_nobody) {
  const TempFolder folder;
  folder.Write("z", "x");
  BOOST_REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const Fd socket_fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder / "socket";
  std::copy(path.begin(), path.end(), std::begin(address.sun_path));
  BOOST_REQUIRE(
      bind(socket_fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const Seen seen = Read(folder.path());
  BOOST_TEST(seen.why == "");
  BOOST_TEST((NamesOf(seen) == Names{"z"}));
}

BOOST_AUTO_TEST_CASE(more_bytes_than_the_limit_are_not_read) {
  const TempFolder folder;
  folder.Write("a", std::string(600, 'x'));
  folder.Write("b", std::string(424, 'x'));
  BOOST_TEST(Read(folder.path(), {.time = 10min, .bytes = 1024}).why == "");
  const Seen seen = Read(folder.path(), {.time = 10min, .bytes = 1023});
  BOOST_TEST(seen.why == "more than 1023 bytes");
  BOOST_TEST(seen.files.size() == 1);
}

BOOST_AUTO_TEST_CASE(a_huge_sparse_file_is_not_read) {
  const TempFolder folder;
  const std::string path = folder.Write("sparse", "");
  BOOST_REQUIRE(truncate(path.c_str(), off_t{10} << 30U) == 0);
  const Seen seen = Read(folder.path());
  BOOST_TEST(seen.why == "more than 256 MiB");
  BOOST_TEST(seen.files.empty());
}

BOOST_AUTO_TEST_CASE(time_that_is_over_ends_the_walk) {
  const TempFolder folder;
  folder.Write("f", "x");
  const Seen seen = Read(folder.path(), {.time = 0ms});
  BOOST_TEST(seen.why == "took longer than 0 ms");
  BOOST_TEST(seen.files.empty());
}

BOOST_AUTO_TEST_CASE(more_entries_than_the_limit_are_not_looked_at) {
  const TempFolder folder;
  fs::create_directory(folder / "d");
  folder.Write("d/a", "x");
  fs::create_symlink("a", folder / "d/b");
  BOOST_TEST(Read(folder.path(), {.time = 10min, .entries = 3}).why == "");
  BOOST_TEST(Read(folder.path(), {.time = 10min, .entries = 2}).why ==
             "more than 2 files and folders");
}

BOOST_AUTO_TEST_CASE(folders_that_lie_too_deep_are_told) {
  const TempFolder folder;
  const std::string name(200, 'd');
  BOOST_REQUIRE(MakeDeep(folder.path(), name, 20));
  BOOST_TEST(Read(folder.path()).why == "");
  std::string path = folder.path();
  for (int i = 0; i < 20; ++i) path += "/" + name;
  MakeDeep(path, name, 1);
  const Seen seen = Read(folder.path());
  BOOST_TEST(seen.why.starts_with("folder \"ddd"), seen.why);
  BOOST_TEST(seen.why.ends_with("\" cannot be read: File name too long"), seen.why);
  BOOST_TEST(seen.why.size() < 300);
}

BOOST_AUTO_TEST_CASE(a_deep_tree_needs_few_descriptors) {
  const TempFolder folder;
  const Fd innermost = MakeDeep(folder.path(), "d", 100);
  BOOST_REQUIRE(Fd(openat(innermost.get(), "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600)));
  BOOST_TEST(InChild([&]() -> std::string {
    const rlimit few{16, 16};
    if (setrlimit(RLIMIT_NOFILE, &few) != 0) return "setrlimit";
    return Read(folder.path()).why;
  }));
}

BOOST_AUTO_TEST_CASE(more_folders_than_fit_in_memory_are_told) {
  const TempFolder folder;
  const std::string name(250, 'n');
  // Each waits with the whole path to it.
  std::string path = folder.path();
  for (int i = 0; i < 15; ++i) path += "/" + name;
  fs::create_directories(path);
  const Fd at(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < 2'300; ++i) {
    BOOST_REQUIRE(mkdirat(at.get(), std::to_string(i).c_str(), 0755) == 0);
  }
  BOOST_TEST(Read(folder.path()).why == "more folders than fit in memory");
}

// Not as root, who may read everything.
BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_told) {
  const TempFolder folder;
  fs::create_directory(folder / "top");
  fs::create_directory(folder / "top/locked");
  fs::permissions(folder.path(), fs::perms{0755});
  const std::string closed = folder / "top/locked";
  const auto reason = [&]() -> std::string {
    if (geteuid() == 0 && setresuid(12345, 12345, 12345) != 0) return "setresuid";
    return Read(folder / "top").why;
  };
  const auto is = [&](const std::string& expected) {
    return [&reason, expected]() -> std::string {
      const std::string got = reason();
      return got == expected ? "" : "expected " + expected + ", got " + got;
    };
  };
  BOOST_REQUIRE(chmod(closed.c_str(), 0000) == 0);
  BOOST_TEST(InChild(is("folder \"locked\" cannot be read: Permission denied")));
  BOOST_REQUIRE(chmod(closed.c_str(), 0755) == 0);
  const std::string file = folder.Write("top/locked/f", "x");
  BOOST_REQUIRE(chmod(file.c_str(), 0000) == 0);
  BOOST_TEST(InChild(is("file \"locked/f\" cannot be read: Permission denied")));
}

BOOST_AUTO_TEST_CASE(a_tree_that_changes_meanwhile_does_no_harm) {
  const TempFolder outside;
  outside.Write("f", "outside");
  const TempFolder folder;
  std::atomic<bool> over = false;
  std::thread other([&] {
    for (unsigned i = 0; i < 500; ++i) {
      std::error_code ignored;
      const std::string name = folder / ("x" + std::to_string(i % 5));
      switch (i / 5 % 5) {
        case 0:
          fs::create_directories(name + "/y", ignored);
          std::ofstream(name + "/y/f") << std::string(300'000, 'x');
          break;
        case 1:
          fs::resize_file(name + "/y/f", 10, ignored);
          break;
        case 2:
          fs::remove_all(name, ignored);
          break;
        case 3:
          fs::create_directory_symlink(outside.path(), name, ignored);
          break;
        default:
          fs::remove(name, ignored);
          std::ofstream(name) << "x";
          fs::remove(name, ignored);
          break;
      }
    }
    over = true;
  });
  while (!over) {
    const Seen seen = Read(folder.path());
    if (seen.why != "") BOOST_TEST(seen.why == "");
    for (const auto& [name, bytes] : seen.files) {
      if (bytes.find('o') != std::string::npos) BOOST_TEST(bytes == "");
    }
  }
  other.join();
}

BOOST_AUTO_TEST_SUITE_END()
