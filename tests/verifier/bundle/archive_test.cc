// Tar, gzip and the bundle made of them: what is refused.

#include "tests/support/has.h"
#include "verifier/bundle/bundle.h"
#include "verifier/bundle/gzip.h"

using namespace jobwarden;
using jobwarden::testing::Has;

namespace {

const std::vector<BundleFile> kFiles = {{"rules.d/a.toml", "x = 1\n"}, {"tests/a.json", ""}};
constexpr std::size_t kBlock = 512;

std::string WhyTar(const std::string& tar) {
  const auto files = ReadTar(tar);
  if (files) return "";
  BOOST_TEST((files.findings().front().code == Code::kPolicyRefused));
  BOOST_TEST(files.findings().front().hint != "");
  return files.findings().front().message;
}

// The archive with these bytes of the first header, and its checksum mended.
std::string Changed(std::size_t at, const std::string& bytes) {
  std::string tar = WriteTar(kFiles);
  tar.replace(at, bytes.size(), bytes);
  tar.replace(148, 8, "        ");
  unsigned sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) sum += static_cast<unsigned char>(tar[i]);
  std::array<char, 8> text{};
  snprintf(text.data(), text.size(), "%06o", sum);
  tar.replace(148, 7, std::string(text.data(), 7));
  return tar;
}

std::string WhyBundle(const std::vector<BundleFile>& files) {
  const auto bundle = ReadBundle(Gzip(WriteTar(files)));
  return bundle ? "" : bundle.findings().front().message;
}

const BundleFile kManifestFile{
    "manifest.json",
    R"({"jobwarden_policy":1,"serial":7,"expires":"2030-01-01T00:00:00Z","version":"v7"})"};

}  // namespace

BOOST_AUTO_TEST_SUITE(archive)

BOOST_AUTO_TEST_CASE(tar_comes_back_as_it_was_written) {
  const auto files = ReadTar(WriteTar(kFiles));
  BOOST_TEST_REQUIRE(static_cast<bool>(files));
  BOOST_TEST_REQUIRE(files->size() == 2U);
  BOOST_TEST((*files)[0].path == "rules.d/a.toml");
  BOOST_TEST((*files)[0].bytes == "x = 1\n");
  BOOST_TEST((*files)[1].bytes == "");
}

BOOST_AUTO_TEST_CASE(only_regular_files_are_accepted) {
  for (const char type : std::string("123456789xgLKSVD")) {
    BOOST_TEST(Has(WhyTar(Changed(156, std::string(1, type))), "which is not a regular file"));
  }
  BOOST_TEST(WhyTar(Changed(156, std::string(1, '\0'))) == "");
}

BOOST_AUTO_TEST_CASE(paths_that_are_not_plain_are_refused) {
  for (const char* path : {"/etc/passwd", "../a", "a/../b", "a//b", ".hidden", "a/.b", "-x", "a b",
                           "a\\b", "a/", "\xc3\xa4", "a\nb"}) {
    BOOST_TEST(!IsPlainPath(path), path);
    BOOST_TEST(Has(WhyTar(Changed(0, path + std::string(14, '\0'))), "expected a relative path"));
  }
  BOOST_TEST(!IsPlainPath(""));
  BOOST_TEST(!IsPlainPath(std::string(101, 'a')));
  BOOST_TEST(IsPlainPath("a/b-c.d/E_1"));
  // A prefix would be put before the name, and bytes after its end may be another name.
  BOOST_TEST(Has(WhyTar(Changed(345, "x")), "expected a relative path"));
  BOOST_TEST(Has(WhyTar(Changed(50, "x")), "expected a relative path"));
}

BOOST_AUTO_TEST_CASE(path_that_appears_twice_or_is_a_folder_too_is_refused) {
  BOOST_TEST(Has(WhyTar(WriteTar({{"a", "1"}, {"a", "2"}})), "holds \"a\" twice"));
  BOOST_TEST(Has(WhyTar(WriteTar({{"a", "1"}, {"a/b", "2"}})), "in the place of a folder"));
  BOOST_TEST(Has(WhyTar(WriteTar({{"a/b/c", "1"}, {"a", "2"}})), "in the place of a folder"));
}

BOOST_AUTO_TEST_CASE(tar_that_is_cut_damaged_or_goes_on_is_refused) {
  const std::string tar = WriteTar(kFiles);
  for (const std::size_t size : {std::size_t{0}, kBlock / 2, kBlock, kBlock + 1, 3 * kBlock}) {
    BOOST_TEST(Has(WhyTar(tar.substr(0, size)), "cut short"));
  }
  BOOST_TEST(Has(WhyTar(tar.substr(0, tar.size() - kBlock)), "goes on after its end"));
  BOOST_TEST(Has(WhyTar(tar + "x"), "goes on after its end"));
  for (std::size_t i = 0; i < kBlock; i += 7) {
    std::string flipped = tar;
    flipped[i] ^= 0x10;
    BOOST_TEST(WhyTar(flipped) != "");
  }
  for (const char* size : {"77777777777", "-0000000001", "           "}) {
    BOOST_TEST(WhyTar(Changed(124, size)) != "", size);
  }
  // The form for sizes of 8 GiB and more.
  BOOST_TEST(WhyTar(Changed(124, "\x80")) != "");
}

BOOST_AUTO_TEST_CASE(too_many_files_are_refused) {
  std::vector<BundleFile> files;
  for (std::size_t i = 0; i <= kMaxTarFiles; ++i) files.push_back({std::to_string(i), ""});
  BOOST_TEST(Has(WhyTar(WriteTar(files)), "more than 1000 files"));
}

BOOST_AUTO_TEST_CASE(gzip_is_bounded_and_whole) {
  const std::string zeros(100'000, '\0');
  const std::string packed = Gzip(zeros);
  BOOST_TEST(packed.size() < 300U);
  BOOST_TEST((*Gunzip(packed, 100'000) == zeros));
  BOOST_TEST(!Gunzip(packed, 99'999));
  BOOST_TEST(!Gunzip(packed + "x", 100'000));
  BOOST_TEST(!Gunzip(packed + packed, 300'000));
  for (std::size_t size = 0; size < packed.size(); ++size) {
    BOOST_TEST(!Gunzip(packed.substr(0, size), 100'000));
  }
  BOOST_TEST((Gzip("a") == Gzip("a")));
}

BOOST_AUTO_TEST_CASE(bundle_comes_back_as_it_was_written) {
  using namespace std::chrono;
  const Bundle bundle{{7, sys_days(year(2030) / 1 / 1), "v7"}, kFiles};
  const auto read = ReadBundle(WriteBundle(bundle));
  BOOST_TEST_REQUIRE(static_cast<bool>(read));
  BOOST_TEST(read->manifest.serial == 7);
  BOOST_TEST((read->manifest.expires == bundle.manifest.expires));
  BOOST_TEST(read->manifest.version == "v7");
  BOOST_TEST(read->files.size() == 2U);
  BOOST_TEST((WriteBundle(bundle) == WriteBundle({bundle.manifest, {kFiles[1], kFiles[0]}})));
}

BOOST_AUTO_TEST_CASE(bundle_with_anything_else_is_refused) {
  BOOST_TEST(WhyBundle({kManifestFile, kFiles[0]}) == "");
  BOOST_TEST(Has(WhyBundle(kFiles), "does not begin with manifest.json"));
  BOOST_TEST(Has(WhyBundle({}), "does not begin with manifest.json"));
  BOOST_TEST(Has(WhyBundle({kManifestFile, kFiles[1]}), "holds no rules"));
  for (const char* path : {"jobwarden.toml", "rules.d/a/b.toml", "rules.d/a.txt", "pulled.json"}) {
    BOOST_TEST(
        Has(WhyBundle({kManifestFile, kFiles[0], {path, ""}}), "expected rules.d/NAME.toml"));
  }
  const std::string good = kManifestFile.bytes;
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"\"jobwarden_policy\":1", "\"jobwarden_policy\":2"},
           {"\"jobwarden_policy\":1,", ""},
           {":7", ":0"},
           {":7", ":-7"},
           {":7", ":\"7\""},
           {"2030-01-01", "2030-02-30"},
           {"\"v7\"", "7"},
           {"\"v7\"", "\"v7\",\"more\":1"},
           {good, "[]"},
           {good, ""}}) {
    std::string manifest = good;
    manifest.replace(manifest.find(from), from.size(), to);
    BOOST_TEST(WhyBundle({{"manifest.json", manifest}, kFiles[0]}) != "", manifest);
  }
}

BOOST_AUTO_TEST_SUITE_END()
