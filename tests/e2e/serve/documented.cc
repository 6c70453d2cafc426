#include "tests/e2e/serve/documented.h"

#include <boost/test/unit_test.hpp>
#include <utility>

#include "tests/e2e/serve/schema.h"
#include "tests/support/has.h"

namespace jobwarden::testing {

using nlohmann::json;

Documented::Documented(json document) : document_(std::move(document)) {
  BOOST_REQUIRE(document_["openapi"] == "3.1.0");
}

void Documented::Check(const std::string& path, const std::string& method, const HttpReply& reply) {
  Check(path, method, reply, reply.status);
}

void Documented::Check(const std::string& path, const std::string& method, const HttpReply& reply,
                       int status) {
  BOOST_TEST_CONTEXT(method << " " << path << " " << reply.body) {
    BOOST_TEST(reply.status == status);
    const json& answers = document_["paths"][path][method]["responses"];
    const std::string name = std::to_string(status);
    BOOST_REQUIRE(answers.contains(name));
    seen_.insert(method + " " + path + " " + name);
    const json& answer = Resolve(answers[name], document_);
    const auto content_of_type = answer["content"].begin();
    const std::string& type = content_of_type.key();
    const json& content = *content_of_type;
    BOOST_TEST(Has(reply.head, "\r\nContent-Type: " + type));
    if (type != "application/json") return;
    const json body = reply.json();
    BOOST_TEST(!body.is_discarded());
    BOOST_TEST(SchemaFault(body, content["schema"], document_) == "");
  }
}

const json& Documented::RequestSchema(const std::string& path) const {
  return document_["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"];
}

std::string Documented::RequestFault(const std::string& path, const json& body) const {
  return SchemaFault(body, RequestSchema(path), document_);
}

void Documented::CheckAllSeen() const {
  std::set<std::string> shared_seen;
  for (const auto& each : seen_) shared_seen.insert(each.substr(each.rfind(' ') + 1));
  for (const auto& [path, methods] : document_["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      for (const auto& [status, answer] : operation["responses"].items()) {
        const bool is_shared = answer.contains("$ref");
        BOOST_TEST((is_shared ? shared_seen.count(status) == 1
                              : seen_.count(method + " " + path + " " + status) == 1),
                   "never seen: " + method + " " + path + " " + status);
      }
    }
  }
}

}  // namespace jobwarden::testing
