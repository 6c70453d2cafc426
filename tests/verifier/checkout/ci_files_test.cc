#include "verifier/checkout/ci_files.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

using Paths = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(ci_files)

BOOST_AUTO_TEST_CASE(yaml_where_people_keep_ci_files_is_known_by_its_name) {
  for (const char* path : {".gitlab/ci/test.yml", ".gitlab/x.yaml", ".gitlab-ci.d/a/b.yml",
                           ".gitlab-ci/jobs.yml", ".gitlab-ci.yml", "lib/Deploy.gitlab-ci.yml",
                           "bench/gitlab-ci.yml", ".gitlab-ci-extra.yaml"}) {
    BOOST_TEST(HasCiName(path), path);
  }
  for (const char* path : {".gitlab/run.sh", ".gitlab-ci.d/check.py", "deploy.yml", "gitlab/x.yml",
                           "a/.gitlab/x.yml", ".gitlab-ci.script", "docs/gitlab-ci.md"}) {
    BOOST_TEST(!HasCiName(path), path);
  }
}

BOOST_AUTO_TEST_CASE(included_files_are_found_in_each_form) {
  BOOST_TEST((IncludedPaths("include: '/a.yml'\n") == Paths{"a.yml"}));
  BOOST_TEST((IncludedPaths("include: [/a.yml, \"b/c.yaml\"]\n") == Paths{"a.yml", "b/c.yaml"}));
  BOOST_TEST((IncludedPaths("include:\n- a.yml\n- local: b.yml\n  rules:\n    - if: $X\n"
                            "job:\n  script:\n    - c.yml\n") == Paths{"a.yml", "b.yml"}));
  BOOST_TEST((IncludedPaths("include:\n  local: 'a.yml'\n") == Paths{"a.yml"}));
  BOOST_TEST((IncludedPaths("child:\n  trigger:\n    include:\n      - local: a.yml\n"
                            "      - artifact: b.yml\n        job: x\n") == Paths{"a.yml"}));
  BOOST_TEST((IncludedPaths("include:\n  - { local: a.yml }\n") == Paths{"a.yml"}));
}

BOOST_AUTO_TEST_CASE(files_of_other_projects_and_servers_are_not_files_of_this_one) {
  BOOST_TEST((IncludedPaths("include:\n  - project: g/p\n    file: /a.yml\n"
                            "  - remote: https://x.example/b.yml\n  - template: c.yml\n"
                            "  - https://x.example/d.yml\n")
                  .empty()));
  BOOST_TEST(IncludedPaths("local: a.yml\n").empty());
  BOOST_TEST(IncludedPaths("# include: a.yml\nincludes: a.yml\n").empty());
}

BOOST_AUTO_TEST_CASE(a_variable_in_a_path_may_be_any_name) {
  BOOST_TEST((IncludedPaths("include: /ci/$STAGE.yml\n") == Paths{"ci/*.yml"}));
  BOOST_TEST((IncludedPaths("include: ci/${A}-b/**.yml\n") == Paths{"ci/*-b/**.yml"}));
  BOOST_TEST((IncludedPaths("include: ci/${A.yml\n") == Paths{"ci/*"}));
}

BOOST_AUTO_TEST_SUITE_END()
