#include "verifier/provider/repository.h"

#include <algorithm>

namespace jobwarden {
namespace {

// GitHub's names are ASCII.
char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool SameRepositoryName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char one, char other) { return Lower(one) == Lower(other); });
}

bool SameRepository(const Repository& a, const Repository& b) {
  if (a.id && b.id) return *a.id == *b.id;
  return a.name && b.name && SameRepositoryName(*a.name, *b.name);
}

}  // namespace jobwarden
