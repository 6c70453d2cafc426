#ifndef JOBWARDEN_VERIFIER_HTTP_HEAD_H_
#define JOBWARDEN_VERIFIER_HTTP_HEAD_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace jobwarden {

inline constexpr std::size_t kMaxHeadBytes = 16'384;

/// Why a request cannot be answered as it was meant: an HTTP status, and words for a person.
struct HttpFault {
  int status;
  std::string problem;
};

struct HttpField {
  std::string_view name;
  std::string_view value;  ///< without the blanks around it
};

/// The head of a request (RFC 9112 §2): its first line and its fields. It points into the bytes
/// that it was read from.
struct HttpHead {
  std::string_view method;
  std::string_view target;
  bool is_1_0 = false;
  std::vector<HttpField> fields;

  /// The value of the field with this lower-case name; empty if it is absent.
  std::string_view Find(std::string_view name) const;
  /// How often a field of this name appears.
  std::size_t Count(std::string_view name) const;
  /// Whether one of the fields of this name, which are lists with commas, has the word.
  bool Lists(std::string_view name, std::string_view word) const;
};

/// The number of bytes up to the empty line that ends a head, with that line. Looks at the bytes
/// from `from` on. npos if the line has not come.
std::size_t HeadLength(std::string_view bytes, std::size_t from = 0);

/// Reads a whole head, as HeadLength has measured it. Empty lines before it are passed over.
/// Refuses with 400 what is ambiguous: a CR or LF without the other, other control characters, a
/// line that continues the one before, a blank before a colon, a name that is not a token.
std::variant<HttpHead, HttpFault> ParseHead(std::string_view bytes);

/// How many bytes come after a head, and what happens to the connection then.
struct HttpFraming {
  bool chunked = false;
  std::size_t length = 0;  ///< of a body that is not chunked
  bool keep_alive = true;
  bool expects_continue = false;
};

/// Reads the fields that frame a request (RFC 9112 §6). Refuses a request that two servers could
/// frame differently (400), and a body of more than `max_body` bytes (413).
std::variant<HttpFraming, HttpFault> FramingOf(const HttpHead& head, std::size_t max_body);

/// Whether no line can have the character. A tab is not one of them.
bool IsControl(char c);
bool SameWithoutCase(std::string_view a, std::string_view b);
/// The text without blanks and tabs at both ends.
std::string_view TrimBlanks(std::string_view text);
/// Takes the text up to `end`, which goes too. All of it if `end` is not there.
std::string_view TakeUpTo(std::string_view& text, char end);
/// Whether one of the words of a list with commas is this one, in any case.
bool ListHas(std::string_view list, std::string_view word);
/// What comes after the scheme `bearer`, in any case; empty for another scheme.
std::string_view BearerOf(std::string_view authorization);

/// The reason phrase of a status: `Not Found`.
std::string_view HttpReason(int status);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_HTTP_HEAD_H_
