#include "verifier/provider/provider.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace jobwarden {
namespace {

// A job that says everything, whoever runs it.
Job FullJob() {
  Job job;
  for (auto* member :
       {&job.project_id, &job.project_path, &job.user_id, &job.sha, &job.ref, &job.ref_type,
        &job.repository, &job.repository_id, &job.workflow_ref, &job.actor_id, &job.job_name,
        &job.event, &job.image, &job.head_repository, &job.base_repository, &job.actor}) {
    *member = "1";
  }
  job.ref_protected = true;
  job.services = {"postgres"};
  return job;
}

BOOST_AUTO_TEST_SUITE(provider)

BOOST_AUTO_TEST_CASE(each_provider_has_a_row_and_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (const Provider each : AllProviders()) {
    BOOST_TEST(names.insert(ProviderName(each)).second);
    BOOST_TEST((ProviderFromName(ProviderName(each)) == each));
  }
  BOOST_TEST((names == std::set<std::string_view>{"github", "gitlab"}));
  BOOST_TEST(!ProviderFromName("GitLab"));
  BOOST_TEST(!ProviderFromName(""));
}

BOOST_AUTO_TEST_CASE(a_provider_without_a_row_is_not_taken_for_another) {
  const auto unknown = static_cast<Provider>(99);
  BOOST_CHECK_THROW(ProviderName(unknown), std::exception);
  BOOST_CHECK_THROW(IsFork(unknown, nullptr, FullJob()), std::exception);
}

BOOST_AUTO_TEST_CASE(rules_can_name_exactly_the_facts_that_jobs_have) {
  std::set<std::string> made;
  for (const Provider each : AllProviders()) {
    const Object facts = MakeFacts(each, nullptr, FullJob());
    for (const Member& fact : facts.members()) made.insert(fact.name);
  }
  const std::vector<std::string>& known = FactNames();
  BOOST_TEST((made == std::set<std::string>(known.begin(), known.end())));
  BOOST_TEST(made.size() == known.size());
}

BOOST_AUTO_TEST_CASE(the_server_is_known_from_the_issuers_url) {
  struct Row {
    Provider provider;
    const char* issuer;
    const char* server;
  };
  const Row rows[] = {
      {Provider::kGitLab, "https://gitlab.example.com/git", "https://gitlab.example.com/git"},
      {Provider::kGitHub, "https://token.actions.githubusercontent.com", "https://github.com"},
      {Provider::kGitHub, "https://token.actions.githubusercontent.com/octo", "https://github.com"},
      {Provider::kGitHub, "https://token.actions.octo.ghe.com", "https://octo.ghe.com"},
      {Provider::kGitHub, "https://token.actions.octo.ghe.com/slug", "https://octo.ghe.com"},
      {Provider::kGitHub, "https://ghes.example.com/_services/token", "https://ghes.example.com"},
      {Provider::kGitHub, "https://other.example.com/x", "https://other.example.com/x"}};
  for (const Row& row : rows) BOOST_TEST(ServerUrlOf(row.provider, row.issuer) == row.server);
}

BOOST_AUTO_TEST_CASE(jobs_get_their_tokens_as_their_server_hands_them_out) {
  BOOST_TEST(!RequestsIdTokens(Provider::kGitLab));
  BOOST_TEST(RequestsIdTokens(Provider::kGitHub));
  BOOST_TEST(LinesForAToken(Provider::kGitLab, "a\"b").back() == "      aud: \"a\\\"b\"");
  BOOST_TEST(LinesForAToken(Provider::kGitHub, "a")[2] == "    id-token: write");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
