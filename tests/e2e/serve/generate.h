#ifndef JOBWARDEN_TESTS_E2E_SERVE_GENERATE_H_
#define JOBWARDEN_TESTS_E2E_SERVE_GENERATE_H_

#include <nlohmann/json.hpp>
#include <vector>

namespace jobwarden::testing {

/// Values around a schema, made from `good`, which fits it: each value of its enumerations, both
/// sides of its bounds, and in each place of the document every strange value, an absent member and
/// a member too many.
std::vector<nlohmann::json> ValuesAround(const nlohmann::json& schema,
                                         const nlohmann::json& document,
                                         const nlohmann::json& good);

/// Values of `good` of which some, chosen by chance from `seed`, are replaced by one of those
/// around the schema.
std::vector<nlohmann::json> MixedValues(const nlohmann::json& schema,
                                        const nlohmann::json& document, const nlohmann::json& good,
                                        unsigned seed, int many);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_SERVE_GENERATE_H_
