#ifndef JOBWARDEN_VERIFIER_PROVIDER_REPOSITORY_H_
#define JOBWARDEN_VERIFIER_PROVIDER_REPOSITORY_H_

#include <optional>
#include <string>
#include <string_view>

namespace jobwarden {

/// A GitHub repository, as far as somebody names it. A name may be old: a job that runs again keeps
/// the names of its first run, while its repository may have been renamed or given away.
struct Repository {
  std::optional<std::string> id;
  std::optional<std::string> name;  ///< `shop/checkout`
};

/// Whether two names are one repository's: upper and lower case make no difference.
bool SameRepositoryName(std::string_view a, std::string_view b);

/// Whether both are the same repository: by their ids; by their names only where an id is missing.
/// False if neither can tell.
bool SameRepository(const Repository& a, const Repository& b);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_PROVIDER_REPOSITORY_H_
