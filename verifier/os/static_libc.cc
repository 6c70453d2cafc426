// For static programs: replacements for the functions by which libcrypto loads modules and looks up
// hosts. We never make it do either, and glibc can do neither in a static program without the
// libraries of the machine that it was built on. The linker puts these functions in place
// (`--wrap`).

#include <netdb.h>

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl*): the linker's names.

void* __wrap_dlopen(const char* /*file*/, int /*mode*/) {
  return nullptr;
}

int __wrap_getaddrinfo(const char* /*node*/, const char* /*service*/, const addrinfo* /*hints*/,
                       addrinfo** /*found*/) {
  return EAI_FAIL;
}

void __wrap_freeaddrinfo(addrinfo* /*found*/) {}

hostent* __wrap_gethostbyname(const char* /*name*/) {
  return nullptr;
}

// NOLINTEND(bugprone-reserved-identifier,cert-dcl*)
}  // extern "C"
