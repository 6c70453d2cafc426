#include "verifier/config/settings_text.h"

#include <boost/test/unit_test.hpp>
#include <regex>

#include "tests/support/has.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

const std::string kIssuer =
    "[[issuer]]\nname = \"a\"\nprovider = \"gitlab\"\nurl = \"https://a.example.com\"\n"
    "audience = [\"x\", \"y\"]\n";

// Without the comments that say where a setting is written.
std::string Bare(const std::string& text) {
  return std::regex_replace(text, std::regex(" *# [^\n]*\n"), "\n");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(settings_text)

BOOST_AUTO_TEST_CASE(each_setting_has_its_value_and_its_place) {
  const std::vector<ConfigFile> files{
      {"/c/jobwarden.toml", "mode = \"report\"\nversion = 1\n" + kIssuer},
      {"/c/rules.d/a.toml",
       "[[allow]]\nname = \"r\"\nclaims = { \"/a/b\" = [1, true], ref = { not = \"x\" } }\n"}};
  BOOST_REQUIRE(ParseConfig(files));
  const std::string text = SettingsText(files, false);
  BOOST_TEST(Has(text, "version = 1                                   # /c/jobwarden.toml:2:11\n"));
  BOOST_TEST(
      Has(text, "\n[[allow]]                                     # /c/rules.d/a.toml:1:1\n"));
  BOOST_TEST(Has(
      text, "claims = { \"/a/b\" = [1, true], ref = { not = \"x\" } }  # /c/rules.d/a.toml:3:"));
  BOOST_TEST(Lacks(text, "default"));
  BOOST_TEST(Lacks(text, "leeway"));
  const std::string effective = SettingsText(files, true);
  BOOST_TEST(Has(effective, "leeway = \"30s\"                                # default\n"));
  BOOST_TEST(Has(effective, "mode = \"report\"  "));
  BOOST_TEST(Has(effective, "\n[executor]\n"));
  BOOST_TEST(Lacks(effective, "[executor.wrap]"));
}

BOOST_AUTO_TEST_CASE(the_text_means_the_same_as_the_files) {
  for (const char* name :
       {"install/jobwarden.toml", "install/github.toml", "install/wrap-lxd.toml"}) {
    const std::vector<ConfigFile> files{{name, Slurp(InCheckout(name))}};
    for (const bool effective : {false, true}) {
      const std::string text = SettingsText(files, effective);
      const std::vector<ConfigFile> again{{"again", text}};
      const auto config = ParseConfig(again);
      BOOST_REQUIRE_MESSAGE(config, name << ": " << (config ? "" : config.findings()[0].message)
                                         << "\n"
                                         << text);
      BOOST_TEST(Bare(SettingsText(again, effective)) == Bare(text));
      BOOST_TEST(Bare(SettingsText(again, true)) == Bare(SettingsText(files, true)));
    }
  }
}

BOOST_AUTO_TEST_CASE(no_secret_of_an_address_is_shown) {
  const std::string text = SettingsText(
      {{"c", "version = 1\n" + kIssuer +
                 "[issuer.keys]\nproxy = \"http://me:geheim@proxy:3128\"\n[policy.pull]\n"
                 "url = \"https://s3.example.com/p.tar.gz?X-Signature=geheim\"\n"}},
      true);
  BOOST_TEST(Lacks(text, "geheim"));
  BOOST_TEST(Has(text, "proxy = \"http://…@proxy:3128\""));
  BOOST_TEST(Has(text, "url = \"https://s3.example.com/p.tar.gz?…\""));
}

BOOST_AUTO_TEST_SUITE_END()
