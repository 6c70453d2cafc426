// make_vectors FOLDER           writes all vectors; those with random signatures only where absent
// make_vectors --check FOLDER   says which files differ from what would be written

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/vectors/vectors.h"
#include "verifier/base/json.h"

namespace jobwarden::testing {
namespace {

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// One member a line, so that a difference shows as one line.
std::string Lines(const Object& object) {
  std::string text = "{\n";
  for (const Member& member : object.members()) {
    if (text.size() > 2) text += ",\n";
    text += "  " + WriteJson(Value(member.name)) + ": " + WriteJson(member.value);
  }
  return text + "\n}\n";
}

std::string FileOf(const Vector& vector) {
  Object rules{{"issuer", "https://gitlab.example.com"},
               {"audience", "https://ci-runners.example.com"},
               {"algorithms", Array{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
                                    "ES384", "ES512", "EdDSA"}},
               {"leeway", kLeeway},
               {"max_lifetime", kMaxLifetime}};
  for (const Member& rule : vector.rules.members()) rules.Set(rule.name, rule.value);
  Object file{{"comment", vector.comment}, {"expect", vector.expect}};
  if (!vector.also.empty()) {
    Array also;
    for (const std::string& code : vector.also) also.emplace_back(code);
    file.Set("also", std::move(also));
  }
  file.Set("now", kNow);
  file.Set("rules", std::move(rules));
  file.Set("keys", vector.keys);
  file.Set("token", vector.token);
  return Lines(file);
}

std::vector<Vector> AllVectors(const Maker& maker) {
  std::vector<Vector> all;
  for (const auto make :
       {GoodVectors, FormVectors, HeaderVectors, KeyVectors, SignatureVectors, ClaimVectors}) {
    for (Vector& vector : make(maker)) all.push_back(std::move(vector));
  }
  return all;
}

int Run(const std::filesystem::path& folder, bool check) {
  int different = 0;
  const auto handle = [&](const std::filesystem::path& path, const std::string& text, bool random) {
    if (std::filesystem::exists(path) && (random || Read(path) == text)) return;
    ++different;
    std::printf("%s %s\n", check ? "differs:" : "written:", path.c_str());
    if (!check) std::ofstream(path, std::ios::binary) << text;
  };
  const Maker maker((folder / "keys").string());
  handle(folder / "keys/good.json", Lines(maker.GoodKeys()), false);
  std::set<std::string> names;
  for (const Vector& vector : AllVectors(maker)) {
    if (!names.insert(vector.name + ".json").second) {
      std::printf("two vectors are named %s\n", vector.name.c_str());
      return 1;
    }
    handle(folder / (vector.name + ".json"), FileOf(vector), vector.random);
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json" || names.contains(entry.path().filename())) continue;
    ++different;
    std::printf("%s %s\n", check ? "nobody writes:" : "removed:", entry.path().c_str());
    if (!check) std::filesystem::remove(entry.path());
  }
  return check && different > 0 ? 1 : 0;
}

}  // namespace

Maker::Maker(const std::string& keys_folder) {
  for (const std::string name : {"rsa", "p256", "p384", "p521", "ed25519"}) {
    for (const auto& file : {name, name + "-other"}) {
      pems_[file] = Read(std::filesystem::path(keys_folder) / (file + ".pem"));
    }
  }
  pems_["rsa-1024"] = Read(std::filesystem::path(keys_folder) / "rsa-1024.pem");
  const auto add = [&](const std::string& alg, const std::string& kid, const std::string& file) {
    signers_.emplace(alg, Signer::FromPem(Pem(file), alg, kid));
    strangers_.emplace(alg, Signer::FromPem(Pem(file + "-other"), alg, kid));
  };
  for (const std::string size : {"256", "384", "512"}) {
    add("RS" + size, "rs" + size, "rsa");
    add("PS" + size, "ps" + size, "rsa");
  }
  add("ES256", "es256", "p256");
  add("ES384", "es384", "p384");
  add("ES512", "es512", "p521");
  add("EdDSA", "eddsa", "ed25519");
}

Object Maker::GoodKeys() const {
  Array keys;
  for (const auto& [alg, signer] : signers_) {
    keys.push_back(*ParseJson(signer.Jwk(), {.max_bytes = 65536}, Code::kJobUnreadable, "jwk"));
  }
  return {{"keys", std::move(keys)}};
}

Object Maker::Keys(const Signer& signer, const Object& changes) {
  const auto jwk = ParseJson(signer.Jwk(), {.max_bytes = 65536}, Code::kJobUnreadable, "jwk");
  Object changed;
  for (const Member& member : jwk->AsObject()->members()) {
    if (changes.Find(member.name) == nullptr) changed.Set(member.name, member.value);
  }
  for (const Member& change : changes.members()) {
    if (!change.value.IsNull()) changed.Set(change.name, change.value);
  }
  return {{"keys", Array{std::move(changed)}}};
}

std::string Maker::Claims(std::string_view name, std::string_view json) {
  std::vector<std::pair<std::string, std::string>> claims = {
      {"iss", R"("https://gitlab.example.com")"},
      {"aud", R"("https://ci-runners.example.com")"},
      {"sub", R"("project_path:platform/app:ref_type:branch:ref:main")"},
      {"jti", R"("8a3f3c61-1b0e-4d3c-9c1f-0d7f8d1f6d52")"},
      {"iat", std::to_string(kNow - 60)},
      {"nbf", std::to_string(kNow - 65)},
      {"exp", std::to_string(kNow + 3540)},
      {"project_path", R"("platform/app")"},
      {"job_id", R"("302")"},
      {"pipeline_id", R"("202")"},
  };
  bool found = name.empty();
  std::string text = "{";
  for (auto& [claim, value] : claims) {
    if (claim == name) {
      found = true;
      if (json.empty()) continue;
      value = json;
    }
    text.append(text.size() > 1 ? ",\"" : "\"").append(claim).append("\":").append(value);
  }
  if (!found) text += ",\"" + std::string(name) + "\":" + std::string(json);
  return text + "}";
}

std::string Maker::Claims(std::string_view name, std::int64_t number) {
  return Claims(name, std::to_string(number));
}

std::string Maker::WithHeader(std::string_view header) const {
  return Of("EdDSA").SignWithHeader(header, Claims());
}

std::string Maker::WithClaims(std::string_view claims) const {
  return Of("EdDSA").SignWithHeader(GoodHeader(), claims);
}

std::string Maker::WithParts(const std::string& header, const std::string& payload) const {
  const std::string input = header + "." + payload;
  return input + "." + Base64Url(Of("EdDSA").SignBytes(input));
}

}  // namespace jobwarden::testing

int main(int argc, char** argv) {
  const bool check = argc == 3 && std::string_view(argv[1]) == "--check";
  if (argc != 2 && !check) {
    static_cast<void>(std::fputs("usage: make_vectors [--check] FOLDER\n", stderr));
    return 2;
  }
  return jobwarden::testing::Run(argv[argc - 1], check);
}
