#include "executor/local/keyring_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>

#include "verifier/os/file.h"

namespace jobwarden {
namespace {

// The number of add_key; request_key and keyctl are the two after it everywhere.
struct Numbers {
  std::uint32_t architecture;
  std::uint32_t first;
};

// All on which Debian runs, and what their kernels run besides.
constexpr std::array kNumbers{
    Numbers{AUDIT_ARCH_X86_64, 248},     Numbers{AUDIT_ARCH_I386, 286},
    Numbers{AUDIT_ARCH_AARCH64, 217},    Numbers{AUDIT_ARCH_ARM, 309},
    Numbers{AUDIT_ARCH_RISCV64, 217},    Numbers{AUDIT_ARCH_PPC64LE, 269},
    Numbers{AUDIT_ARCH_S390X, 278},      Numbers{AUDIT_ARCH_S390, 278},
    Numbers{AUDIT_ARCH_MIPSEL64, 5'239}, Numbers{AUDIT_ARCH_MIPSEL64N32, 6'243},
    Numbers{AUDIT_ARCH_MIPSEL, 4'280},   Numbers{AUDIT_ARCH_LOONGARCH64, 217},
};
constexpr std::uint32_t kCalls = 3;
// x32 programs set this bit in the numbers of x86-64; no other number has it.
constexpr std::uint32_t kX32Bit = 0x4000'0000;
constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | ENOSYS;

constexpr sock_filter Do(std::uint16_t operation, std::uint32_t value) {
  return BPF_STMT(operation, value);
}

constexpr std::size_t kSteps = 7;

constexpr auto Program() {
  std::array<sock_filter, 1 + kNumbers.size() * kSteps + 1> program{};
  auto* next = program.begin();
  *next++ = Do(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
  for (const Numbers& each : kNumbers) {
    *next++ = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, each.architecture, 0, kSteps - 1);
    *next++ = Do(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
    *next++ = Do(BPF_ALU | BPF_AND | BPF_K, ~kX32Bit);
    *next++ = Do(BPF_ALU | BPF_SUB | BPF_K, each.first);
    *next++ = BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kCalls, 1, 0);
    *next++ = Do(BPF_RET | BPF_K, kRefuse);
    *next++ = Do(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  }
  // Where the numbers are not known nothing works, and the sandbox is refused.
  *next++ = Do(BPF_RET | BPF_K, kRefuse);
  return program;
}

}  // namespace

Result<Fd> KeyringFilter() {
  static constexpr auto kProgram = Program();
  const std::string_view bytes(reinterpret_cast<const char*>(kProgram.data()), sizeof kProgram);
  Fd fd = MemoryFile("jobwarden-seccomp", bytes, 0);
  if (fd) return fd;
  return Finding{Code::kDriverFailed, "rules of seccomp: " + ErrorText(errno), "free memory"};
}

}  // namespace jobwarden
