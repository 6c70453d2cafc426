#ifndef JOBWARDEN_HOOKS_STEP_RECIPES_H_
#define JOBWARDEN_HOOKS_STEP_RECIPES_H_

#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// Whether RecipesOf can divide a file of this name.
bool HasRecipes(std::string_view file_name);

/// The part of a tool's file that a call with these words runs: what is outside of all recipes, the
/// recipes that a word names, and those that these name in turn. So `make test` does not run the
/// recipe `release`. If no word names a recipe, it is the first recipe, and every recipe whose name
/// is a pattern counts.
///
/// Reads Makefiles, justfiles, Taskfiles and tox.ini, by the name of the file. Any other file is
/// returned whole.
std::string RecipesOf(std::string_view file_name, std::string_view text,
                      const std::vector<std::string_view>& words);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_RECIPES_H_
