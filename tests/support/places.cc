#include "tests/support/places.h"

#include <filesystem>

namespace jobwarden::testing {

std::string Program(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").replace_filename(name);
}

std::string InCheckout(const std::string& path) {
  return JOBWARDEN_CHECKOUT "/" + path;
}

std::string InShared(const std::string& path) {
  return JOBWARDEN_SHARED "/" + path;
}

}  // namespace jobwarden::testing
