#include "hooks/step/commands.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace jobwarden;

namespace {

bool Consumes(std::string_view text, Syntax syntax = Syntax::kShell,
              const std::vector<std::string_view>& environment = {},
              const std::vector<std::string>& own = {}) {
  const StepEnvironment step(environment);
  return Commands(BuiltInConsumers(), own, step).StandIn(text, syntax);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(commands)

BOOST_AUTO_TEST_CASE(consumers_are_recognized) {
  for (const char* text : {"cosign sign-blob x",
                           "/usr/local/bin/cosign sign",
                           "npm publish",
                           "npm --access public publish",
                           "npx npm@11.7.0 publish",
                           "yarn npm publish",
                           "subprocess.run(['npm', 'publish'])",
                           "uv publish dist/*",
                           "python -m twine upload dist/*",
                           "if ! twine upload x; then",
                           "terraform apply",
                           "jobwarden-hook github mint --audience a",
                           "/opt/jobwarden/jobwarden-hook github mint",
                           "npx semantic-release@23",
                           "npm ci\nnpm publish",
                           "npm run build && npm publish",
                           "cosign verify x && cosign sign x",
                           "docker run ghcr.io/sigstore/cosign:v2 sign",

                           "npx @changesets/cli publish",
                           "release:\n\t@cosign sign",
                           "npm \\\n  publish"}) {
    BOOST_TEST(Consumes(text), text);
  }
}

BOOST_AUTO_TEST_CASE(what_looks_like_a_consumer_is_none) {
  for (const char* text :
       {"npm ci", "npm run build", "npm run publish-docs", "npm test && ./publish.sh", "cosigner",
        "tr a-z A-Z", "terraform.tfstate", "uv sync", "publish npm", "cat my-twine",
        "jobwarden-hook gitlab pre-build", "gem a b c d e f g h i j push", ""}) {
    BOOST_TEST(!Consumes(text), text);
  }
}

BOOST_AUTO_TEST_CASE(own_consumers_count) {
  const std::vector<std::string> own = {"deploy-tool", "our  publish", "", "cargo publish"};
  BOOST_TEST(Consumes("x; deploy-tool prod", Syntax::kShell, {}, own));
  BOOST_TEST(Consumes("our publish", Syntax::kShell, {}, own));
  BOOST_TEST(!Consumes("our deploy", Syntax::kShell, {}, own));
  // What the built-in list calls harmless.
  BOOST_TEST(Consumes("cargo publish", Syntax::kShell, {}, own));
  BOOST_TEST(!Consumes("cargo publish"));
}

BOOST_AUTO_TEST_CASE(our_own_mint_is_a_consumer) {
  for (const char* text :
       {"jobwarden-hook github mint --audience https://vault.example --output t",
        "/opt/jobwarden/jobwarden-hook --config /etc/jobwarden/ci.toml github mint --audience=a",
        "jobwarden-hook \\\n  --audience \"$AUDIENCE\" \\\n  --env TOKEN \\\n  github mint"}) {
    BOOST_TEST(Consumes(text), text);
  }
  for (const char* text : {"jobwarden-hook --version", "jobwarden-hook github job-started",
                           "jobwarden github mint", "./mint"}) {
    BOOST_TEST(!Consumes(text), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
