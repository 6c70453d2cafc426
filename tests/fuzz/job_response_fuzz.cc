// Whatever is read can be written without anything in it, and read again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "executor/received/job_response.h"
#include "verifier/exposure/inventory.h"

using namespace jobwarden;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto response = JobResponse::Parse({reinterpret_cast<const char*>(data), size});
  if (!response) return 0;
  const Secret same = response->Without({}, {});
  const auto again = JobResponse::Parse(same.view());
  Require(again && again->variables().size() == response->variables().size());
  Require(again->Without({}, {}).view() == same.view());
  for (const Variable& variable : response->variables()) {
    Require(JobResponse::Parse(response->Without({variable.name}, {variable.value.view()}).view())
                .
                operator bool() ||
            variable.value.size() >= 8);
  }
  Issuer issuer;
  issuer.name = "gitlab";
  issuer.url = "https://gitlab.example.com";
  const Inventory inventory = TakeInventory(response->variables(), response->job_token(), {issuer});
  for (const Token& token : inventory.tokens) response->LocationsOf(token.value.view());
  return 0;
}
