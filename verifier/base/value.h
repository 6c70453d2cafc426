#ifndef JOBWARDEN_VERIFIER_BASE_VALUE_H_
#define JOBWARDEN_VERIFIER_BASE_VALUE_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace jobwarden {

class Value;
struct Member;
using Array = std::vector<Value>;

/// A JSON object: its members in the order of the document, each name once.
class Object {
 public:
  Object();
  Object(std::initializer_list<Member> members);
  Object(const Object&);
  Object(Object&&) noexcept;
  Object& operator=(const Object&);
  Object& operator=(Object&&) noexcept;
  ~Object();

  /// The member's value, or null when there is none.
  const Value* Find(std::string_view name) const;
  Value* Find(std::string_view name);
  /// The text of a member that is a string; null when it is absent or of another type.
  const std::string* FindString(std::string_view name) const;

  /// Adds a member, or replaces the value of the member with this name.
  void Set(std::string_view name, Value value);

  const std::vector<Member>& members() const { return members_; }
  std::vector<Member>& members() { return members_; }
  bool empty() const { return members_.empty(); }

 private:
  std::vector<Member> members_;
};

/// A JSON value (RFC 8259). The strict reader of json.h makes it, and records are built from it.
///
/// It is smaller and faster than a general document tree. Therefore a token can be verified, with
/// every check, at three quarters of the speed of its bare signature. Reading never throws and
/// never inserts: the accessors return null, or nothing, for another type.
class Value {
 public:
  Value() = default;                                             ///< null
  Value(std::nullptr_t) {}                                       // NOLINT(*-explicit-*)
  Value(bool boolean) : content_(boolean) {}                     // NOLINT(*-explicit-*)
  Value(std::int64_t integer) : content_(integer) {}             // NOLINT(*-explicit-*)
  Value(int integer) : content_(std::int64_t{integer}) {}        // NOLINT(*-explicit-*)
  Value(double number) : content_(number) {}                     // NOLINT(*-explicit-*)
  Value(std::string text) : content_(std::move(text)) {}         // NOLINT(*-explicit-*)
  Value(std::string_view text) : content_(std::string(text)) {}  // NOLINT(*-explicit-*)
  Value(const char* text) : content_(std::string(text)) {}       // NOLINT(*-explicit-*)
  Value(Array items) : content_(std::move(items)) {}             // NOLINT(*-explicit-*)
  Value(Object object) : content_(std::move(object)) {}          // NOLINT(*-explicit-*)

  bool IsNull() const { return content_.index() == 0; }
  std::optional<bool> AsBool() const;
  /// A number without fraction and exponent that fits 64 signed bits.
  std::optional<std::int64_t> AsInteger() const;
  /// A number of any other form.
  std::optional<double> AsReal() const;
  const std::string* AsString() const { return std::get_if<std::string>(&content_); }
  std::string* AsString() { return std::get_if<std::string>(&content_); }
  const Array* AsArray() const { return std::get_if<Array>(&content_); }
  Array* AsArray() { return std::get_if<Array>(&content_); }
  const Object* AsObject() const { return std::get_if<Object>(&content_); }
  Object* AsObject() { return std::get_if<Object>(&content_); }

  /// The member of an object; null when this is not an object, or lacks the member.
  const Value* Find(std::string_view name) const;

  /// `null`, `boolean`, `number`, `string`, `array`, `object`.
  std::string_view TypeName() const;

  friend bool operator==(const Value&, const Value&);

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> content_;
};

struct Member {
  std::string name;
  Value value;
  friend bool operator==(const Member&, const Member&) = default;
};

/// Overwrites every string in the tree, then empties it.
void Wipe(Value& value);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_VALUE_H_
