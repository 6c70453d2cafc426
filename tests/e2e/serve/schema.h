#ifndef JOBWARDEN_TESTS_E2E_SERVE_SCHEMA_H_
#define JOBWARDEN_TESTS_E2E_SERVE_SCHEMA_H_

#include <nlohmann/json.hpp>
#include <string>

namespace jobwarden::testing {

/// What of `value` is not as `schema` (the part of JSON Schema that openapi.json uses) says; empty
/// if all is. `document` is what `$ref` points into. A keyword that is not known here is a fault,
/// so that none is passed over.
std::string SchemaFault(const nlohmann::json& value, const nlohmann::json& schema,
                        const nlohmann::json& document);

/// The part of the document that this is, or that it refers to.
const nlohmann::json& Resolve(const nlohmann::json& part, const nlohmann::json& document);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_SERVE_SCHEMA_H_
