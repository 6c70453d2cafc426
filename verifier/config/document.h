#ifndef JOBWARDEN_VERIFIER_CONFIG_DOCUMENT_H_
#define JOBWARDEN_VERIFIER_CONFIG_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/config/problem.h"

namespace jobwarden {

/// Collects all faults of the files that are read together, each with its place.
class Problems {
 public:
  /// `paths` are those of the files, in the order in which a Place counts them.
  explicit Problems(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  void Add(Place place, std::string message, std::string hint = "");
  bool empty() const { return problems_.empty(); }

  /// `FILE:LINE:COLUMN`.
  std::string Text(Place place) const;
  const std::string& path(std::size_t file) const { return paths_[file]; }

  /// Says that a part of the file could not be read: what seems to be absent from it may be there.
  void MarkIncomplete(std::size_t file) { incomplete_.insert(file); }
  bool IsComplete(std::size_t file) const { return !incomplete_.contains(file); }

  /// How many there are now.
  std::size_t size() const { return problems_.size(); }

  /// All problems as CONFIG_INVALID, in the order of their places.
  std::vector<Problem> Take();

 private:
  std::vector<std::string> paths_;
  std::set<std::size_t> incomplete_;
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

/// Reads TOML. Returns a table, and adds a problem for each statement that is not TOML: the table
/// is that of the other statements then, and the file is marked as incomplete. Returns nothing if
/// the rest cannot be read either.
std::optional<Node> ReadDocument(std::size_t file, std::string_view text, Problems& problems);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_DOCUMENT_H_
