// Compact form, base64url and JSON, of header and payload.

#include "tests/vectors/vectors.h"

namespace jobwarden::testing {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// The text with the lowest bit of its last character set: it decodes to the same bytes.
// REQUIRES: the last character has bits that mean nothing.
std::string WithStrayBit(std::string text) {
  text.back() = kAlphabet[kAlphabet.find(text.back()) | 1];
  return text;
}

struct Parts {
  std::string header, payload, signature;
};

Parts Split(const std::string& token) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  return {token.substr(0, first), token.substr(first + 1, second - first - 1),
          token.substr(second + 1)};
}

// The good claims, padded so that their size leaves this remainder by 3.
std::string ClaimsOfSize(std::size_t remainder) {
  std::string claims = Maker::Claims();
  while (claims.size() % 3 != remainder) claims += ' ';
  return claims;
}

// The good claims, encoded with `other` in place of one `character`.
std::string WithOther(char character, char other) {
  for (std::string note = "???~~~";; note.insert(0, "x")) {
    std::string text = Base64Url(Maker::Claims("note", "\"" + note + "\""));
    if (const std::size_t at = text.find(character); at != std::string::npos) {
      text[at] = other;
      return text;
    }
  }
}

std::string HeaderOfSize(std::size_t remainder) {
  std::string header = Maker::GoodHeader();
  while (header.size() % 3 != remainder) header += ' ';
  return header;
}

}  // namespace

std::vector<Vector> FormVectors(const Maker& maker) {
  std::vector<Vector> all;
  const auto add = [&](std::string name, std::string comment, std::string token) {
    all.push_back({std::move(name), std::move(comment), "MALFORMED_TOKEN", std::move(token)});
  };
  const std::string good = maker.Good();
  const Parts parts = Split(good);
  const std::string header = Base64Url(Maker::GoodHeader());
  const std::string payload = Base64Url(Maker::Claims());

  add("form-empty", "no bytes at all", "");
  add("form-one-part", "the payload alone", parts.payload);
  add("form-two-parts", "no signature, and no dot before it", parts.header + "." + parts.payload);
  add("form-four-parts", "an empty fourth part", good + ".");
  add("form-five-parts", "five parts, as an encrypted token has",
      parts.header + ".AAAA.AAAA." + parts.payload + "." + parts.signature);
  add("form-empty-header", "an empty header", "." + parts.payload + "." + parts.signature);
  add("form-empty-payload", "an empty payload, which is signed", maker.WithParts(header, ""));
  add("form-empty-signature", "an empty signature", parts.header + "." + parts.payload + ".");
  add("form-leading-space", "a space before it", " " + good);
  add("form-trailing-newline", "a newline behind it", good + "\n");
  add("form-bearer", "`Bearer ` before it", "Bearer " + good);
  add("form-json", "the JSON serialization",
      R"({"protected":")" + parts.header + R"(","payload":")" + parts.payload +
          R"(","signature":")" + parts.signature + "\"}");
  add("form-nul", "a NUL byte behind it", good + std::string(1, '\0'));
  std::string padding(49'000, 'x');
  add("form-too-long", "more than 65536 bytes",
      maker.WithClaims(Maker::Claims("padding", "\"" + padding + "\"")));

  add("base64url-header-padding", "the header is padded",
      maker.WithParts(Base64Url(HeaderOfSize(1)) + "==", payload));
  add("base64url-payload-padding", "the payload is padded",
      maker.WithParts(header, Base64Url(ClaimsOfSize(2)) + "="));
  add("base64url-signature-padding", "the signature is padded", good + "==");
  add("base64url-header-stray-bits", "the header's last character has a bit that means nothing",
      maker.WithParts(WithStrayBit(Base64Url(HeaderOfSize(1))), payload));
  add("base64url-payload-stray-bits", "the payload's last character has a bit that means nothing",
      maker.WithParts(header, WithStrayBit(Base64Url(ClaimsOfSize(1)))));
  add("base64url-signature-stray-bits",
      "the signature's last character has a bit that means nothing", WithStrayBit(good));
  add("base64url-payload-length", "the payload has a length that no encoding has",
      maker.WithParts(header, Base64Url(ClaimsOfSize(0)) + "A"));
  add("base64url-payload-slash", "the payload has a / where base64url has _",
      maker.WithParts(header, WithOther('_', '/')));
  add("base64url-payload-plus", "the payload has a + where base64url has -",
      maker.WithParts(header, WithOther('-', '+')));
  add("base64url-payload-space", "the payload has a space inside",
      maker.WithParts(header, payload.substr(0, 40) + " " + payload.substr(40)));
  add("base64url-payload-newline", "the payload is broken over two lines",
      maker.WithParts(header, payload.substr(0, 40) + "\r\n" + payload.substr(40)));
  add("base64url-signature-letter", "the signature has a character that is no ASCII",
      parts.header + "." + parts.payload + ".\xC3\xA9" + parts.signature.substr(2));

  const auto json = [&](const std::string& name, const std::string& what, const std::string& head,
                        const std::string& claims) {
    if (!head.empty()) add("json-header-" + name, "the header " + what, maker.WithHeader(head));
    if (!claims.empty())
      add("json-payload-" + name, "the payload " + what, maker.WithClaims(claims));
  };
  const std::string head = Maker::GoodHeader();
  const std::string claims = Maker::Claims();
  json("array", "is an array", "[" + head + "]", "[" + claims + "]");
  json("string", "is a string", "\"EdDSA\"", "\"claims\"");
  json("null", "is null", "null", "null");
  json("none", "is no JSON", "alg=EdDSA", "iss=gitlab");
  json("truncated", "lacks its last brace", head.substr(0, head.size() - 1),
       claims.substr(0, claims.size() - 1));
  json("trailing-bytes", "has bytes behind it", head + "x", claims + "x");
  json("two-documents", "is two documents", head + head, claims + claims);
  json("bom", "begins with a byte order mark", "\xEF\xBB\xBF" + head, "\xEF\xBB\xBF" + claims);
  json("comment", "has a comment", head.substr(0, head.size() - 1) + "/**/}",
       claims.substr(0, claims.size() - 1) + "/**/}");
  json("trailing-comma", "has a comma too many", head.substr(0, head.size() - 1) + ",}",
       claims.substr(0, claims.size() - 1) + ",}");
  json("single-quotes", "has single quotes", "{'alg':'EdDSA','kid':'eddsa'}", "");
  json("invalid-utf8", "has a byte that is not UTF-8",
       head.substr(0, head.size() - 1) + ",\"x\":\"\xFF\"}", Maker::Claims("note", "\"\xFF\""));
  json("overlong-utf8", "has an overlong UTF-8 form", "", Maker::Claims("note", "\"\xC0\xAF\""));
  json("lone-surrogate", "has half a surrogate pair", "", Maker::Claims("note", "\"\\ud83d\""));
  json("control-character", "has a newline inside a string", "", Maker::Claims("note", "\"a\nb\""));
  json("nested-17-deep", "is 17 levels deep",
       head.substr(0, head.size() - 1) + ",\"x\":" + std::string(16, '[') + std::string(16, ']') +
           "}",
       Maker::Claims("deep", std::string(16, '[') + std::string(16, ']')));
  json("nested-thousands-deep", "is 4000 levels deep", "",
       Maker::Claims("deep", std::string(4000, '[') + std::string(4000, ']')));
  json("duplicate-nested", "has a name twice in an object inside",
       head.substr(0, head.size() - 1) + R"(,"x":{"a":1,"a":1}})",
       Maker::Claims("job_config", R"({"sha":"0","url":"u","sha":"0"})"));
  json("duplicate-last", "has a name twice, with two values", "",
       claims.substr(0, claims.size() - 1) + R"(,"project_path":"evil/app"})");
  json("duplicate-escaped", "has a name twice, once written with an escape",
       R"({"alg":"EdDSA","\u0061lg":"EdDSA","kid":"eddsa"})",
       claims.substr(0, claims.size() - 1) + R"(,"\u0069ss":"https://gitlab.example.com"})");
  json("duplicate-alg", "has alg twice", R"({"alg":"none","kid":"eddsa","alg":"EdDSA"})", "");
  json("duplicate-kid", "has kid twice", R"({"alg":"EdDSA","kid":"eddsa","kid":"eddsa"})", "");
  json("huge-integer", "has an integer of more than 64 bits", "",
       Maker::Claims("runner_id", "9223372036854775808"));
  json("huge-real", "has a number that no double holds", "", Maker::Claims("runner_id", "1e999"));
  return all;
}

}  // namespace jobwarden::testing
