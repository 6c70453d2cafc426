#ifndef JOBWARDEN_VERIFIER_SERVICE_BODY_H_
#define JOBWARDEN_VERIFIER_SERVICE_BODY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/secret.h"
#include "verifier/base/value.h"
#include "verifier/http/answer.h"

namespace jobwarden {

/// The JSON object that a request brings, or an object inside it. It collects all that is wrong, in
/// the form that FastAPI gives a 422: `{"detail": [{"loc", "msg", "type"}]}`, and `error` beside
/// it. What a request brings and nobody reads is wrong too, because an expectation with a
/// misspelled name would be no expectation.
class Body {
 public:
  /// Reads the whole body of a request.
  explicit Body(std::string_view bytes);
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  /// Wipes what was read.
  ~Body();

  enum class Need { kOptional, kRequired };

  /// The string with this name; null if it is absent (also as JSON's null) or wrong.
  const std::string* Text(std::string_view name, Need need = Need::kOptional);
  /// The same for a secret, which is moved out.
  Secret TakeSecret(std::string_view name, Need need);
  std::vector<std::string> Texts(std::string_view name, Need need = Need::kOptional);
  std::optional<std::int64_t> Integer(std::string_view name, std::int64_t least, std::int64_t most);
  /// The value with this name, whatever it is.
  const Value* Any(std::string_view name);
  /// Goes into the object of this name; false if it is absent or wrong. The calls after it are
  /// about that object, until Leave.
  bool Enter(std::string_view name);
  void Leave();

  void Fail(std::string_view name, std::string_view type, std::string_view message);
  /// Complains of each name of the present object that nobody asked for.
  void RefuseOthers();

  bool good() const { return details_.empty(); }
  /// The answer 422. REQUIRES: not good().
  HttpResponse Refusal() const;

 private:
  const Value* Find(std::string_view name, Need need);
  Value* Current();

  Value root_;
  std::vector<std::string> path_;
  std::map<std::vector<std::string>, std::vector<std::string>> asked_;  // by object
  Array details_;
  std::string first_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_BODY_H_
