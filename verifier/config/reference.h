#ifndef JOBWARDEN_VERIFIER_CONFIG_REFERENCE_H_
#define JOBWARDEN_VERIFIER_CONFIG_REFERENCE_H_

#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// What kind of value a key of the configuration takes.
enum class KeyForm {
  kOne,          ///< the number 1
  kTable,        ///< keys of its own
  kTables,       ///< a list of such tables: `[[issuer]]`
  kText,         ///< a string
  kTexts,        ///< a list of strings
  kTextOrTexts,  ///< one string, or a list
  kWord,         ///< one of `words`
  kWords,        ///< a list of some of `words`
  kBool,
  kBoolOrWord,   ///< true, false or one of `words`
  kDuration,     ///< `"30s"`
  kNumber,       ///< a whole number that is not negative
  kClaims,       ///< a table of conditions, by the names of claims
  kFacts,        ///< the same, by the names of facts, which are `words`
  kCondition,    ///< one condition
  kTextsOrNone,  ///< a list of strings, which may be empty
  kTextsByName,  ///< a table of lists of strings, by names that the administrator chooses
  kWordByName,   ///< a table of `words`, by names that are known
};

/// A key of the configuration as a person reads of it.
struct KeyReference {
  std::string path;  ///< `issuer.keys.url`
  KeyForm form = KeyForm::kText;
  std::string preset;  ///< in TOML; empty: no value; `required`
  std::string text;    ///< what it means: words without a full stop
  std::vector<std::string> words{};
};

/// All keys, a table before its own keys. Manual page and JSON Schema are made of it.
///
/// It describes the parser's tables, and does not make them: a test holds each path, form and word
/// against the parser.
const std::vector<KeyReference>& ConfigReference();

/// The paths of all keys that the parser knows, from its own tables.
std::vector<std::string> ConfigKeys();

/// A heading as the configuration has it: `[executor.wrap]`, `[[issuer]]`. REQUIRES: a table, or a
/// list of tables.
std::string HeadingOf(const KeyReference& table);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_REFERENCE_H_
