#ifndef JOBWARDEN_VERIFIER_CONFIG_DOCUMENT_H_
#define JOBWARDEN_VERIFIER_CONFIG_DOCUMENT_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/value.h"

namespace jobwarden {

/// A position in the configuration.
struct Place {
  std::size_t file = 0;  ///< index of the file among those that are read together
  std::uint32_t line = 1;
  std::uint32_t column = 1;  ///< in characters
  auto operator<=>(const Place&) const = default;
};

/// Collects all faults of the configuration, each with its place.
class Problems {
 public:
  /// `paths` are those of the files, in the order in which a Place counts them.
  explicit Problems(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  void Add(Place place, std::string message, std::string hint = "");
  bool empty() const { return problems_.empty(); }

  /// `FILE:LINE:COLUMN`.
  std::string Text(Place place) const;
  const std::string& path(std::size_t file) const { return paths_[file]; }

  /// All problems as CONFIG_INVALID, in the order of their places.
  Findings Take();

 private:
  struct Problem {
    Place place;
    Finding finding;
  };
  std::vector<std::string> paths_;
  std::vector<Problem> problems_;
};

struct Entry;

/// A value of a TOML document (v1.0), and its place.
struct Node {
  struct Date {};  ///< a date, a time or both; no setting is one
  using List = std::vector<Node>;
  using Table = std::vector<Entry>;  ///< sorted by key

  Place place;
  std::variant<bool, std::int64_t, double, std::string, Date, List, Table> content;

  template <class T>
  const T* As() const {
    return std::get_if<T>(&content);
  }
  /// The value of a table's entry; null when this is not a table, or lacks the entry.
  const Node* Find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Place place;  ///< of the key
  Node value;
};

/// `a string`, `a whole number`, `a list` …
std::string_view KindName(const Node& node);

/// The node as a plain value; nothing if it is or contains a date.
std::optional<Value> ToValue(const Node& node);

/// Reads TOML. Returns a table; or nothing, and adds one problem that says where the text is not
/// TOML.
std::optional<Node> ReadDocument(std::size_t file, std::string_view text, Problems& problems);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_DOCUMENT_H_
