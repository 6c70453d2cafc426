#include "hooks/step/program_search.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string_view>

#include "hooks/step/words.h"

namespace jobwarden {

bool ProgramNamesRequestVariables(int fd, std::size_t size) {
  if (size == 0) return false;
  void* const bytes = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  // A program that cannot be mapped cannot be started either.
  if (bytes == MAP_FAILED) return false;
  const bool found = std::any_of(std::begin(kRequestVariables), std::end(kRequestVariables),
                                 [&](std::string_view name) {
                                   return memmem(bytes, size, name.data(), name.size()) != nullptr;
                                 });
  munmap(bytes, size);
  return found;
}

}  // namespace jobwarden
