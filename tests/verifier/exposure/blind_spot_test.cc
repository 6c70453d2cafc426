#include "verifier/exposure/blind_spot.h"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace jobwarden;

namespace {

std::string Found(std::string_view commands) {
  switch (FindBlindSpot(commands, "/builds/shop/checkout")) {
    case BlindSpot::kNone:
      return "none";
    case BlindSpot::kPipedScript:
      return "script";
    case BlindSpot::kProgramElsewhere:
      return "program";
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(blind_spot)

BOOST_AUTO_TEST_CASE(a_script_that_a_shell_gets_from_elsewhere_cannot_be_read) {
  for (const char* line : {"curl -s https://x.example/install | bash",
                           "curl -s \"https://x.example/install\" | bash -s -- --yes",
                           "wget -qO- https://x.example/i.sh|sh",
                           "curl x | sudo -E bash -",
                           "curl x | sed s/a/b/ | sh",
                           "curl x |\n  bash",
                           "curl x \\\n  | bash",
                           "set -e; (curl x | bash)",
                           "if true; then curl x | bash; fi",
                           "curl x 2>&1 | sh -ex",
                           "some-generator | sh",
                           "bash <(curl -s x)",
                           "source <(curl -s x)",
                           ". <(wget -qO- x)",
                           "bash -c \"$(curl -fsSL x)\"",
                           "sh -c 'curl x | sh'",
                           "eval \"$(curl -s x)\"",
                           "eval `wget -qO- x`",
                           "bash <<< \"$(curl x)\"",
                           "curl -o i.sh x && bash i.sh",
                           "curl -so ./i.sh x; chmod +x i.sh; ./i.sh",
                           "wget https://x.example/i.sh?v=1\nsh ./i.sh",
                           "curl -fsSLO https://x.example/i.sh\nsh i.sh",
                           "curl x > i.sh\n. i.sh",
                           "cat <<EOF | bash\nEOF\ncurl x | bash",
                           "bash <<EOF\ncurl x | bash\nEOF",
                           "echo don't\ncurl x | bash",
                           "iex (iwr x)",
                           "irm x | iex",
                           "timeout 60 curl x | timeout 60 bash",
                           "@curl x | sh",
                           "git clone https://x.example/ops/tools.git\n./tools/up.sh",
                           "git clone --depth 1 -b v1 \"https://u:$T@x.example/tools\"; tools/up",
                           "git -c a=b clone git@x.example:ops/tools.git ci && bash ci/up.sh",
                           "git clone https://x.example/tools.git ./ci\n. ci/lib.sh",
                           "git clone https://x.example/tools.git\ncd tools && ./up.sh",
                           "git clone https://x.example/tools.git\n(cd tools; python3 up.py)",
                           "bash -c 'git clone https://x.example/tools.git; sh tools/up.sh'"}) {
    BOOST_TEST(Found(line) == "script", line << " is " << Found(line));
  }
}

BOOST_AUTO_TEST_CASE(a_program_of_the_image_cannot_be_read) {
  for (const char* line : {"/build/build.sh",
                           "/analyzer run",
                           "/kaniko/executor --context .",
                           "cd x && /opt/tool/bin/deploy",
                           "A=1 B=\"x y\" /opt/deploy",
                           "exec /opt/deploy",
                           "sudo -u me /opt/deploy",
                           "env A=1 /opt/deploy",
                           "x=$(/opt/deploy)",
                           "echo \"$(/opt/deploy)\"",
                           "if /opt/check; then true; fi",
                           "! /opt/check",
                           "true || /opt/deploy",
                           "bash /scripts/deploy.sh",
                           "sh -eu /scripts/deploy.sh prod",
                           "bash -euo pipefail /scripts/deploy.sh",
                           "python3 /app/main.py",
                           "source /scripts/lib.sh",
                           "\"/opt/my tool/run\"",
                           "deploy() { /opt/deploy; }",
                           "echo a > /tmp/log; /opt/deploy",
                           "sh -c '/opt/deploy prod'",
                           "/builds/shop/checkout-other/x",
                           "- /opt/deploy"}) {
    BOOST_TEST(Found(line) == "program", line << " is " << Found(line));
  }
}

BOOST_AUTO_TEST_CASE(what_stands_in_the_job_or_belongs_to_the_system_is_no_blind_spot) {
  for (const char* line : {"make",
                           "./deploy.sh",
                           "/usr/local/bin/deploy",
                           "/bin/sh -c 'make'",
                           "/builds/shop/checkout/deploy.sh",
                           "$CI_PROJECT_DIR/deploy.sh",
                           "ls /opt/deploy",
                           "cd /opt && make",
                           "docker run -v /opt:/opt image /opt/deploy",
                           "test -x /opt/deploy",
                           "[ -f /opt/x ] && echo",
                           "cmd > /opt/log",
                           "cmd &> /tmp/log",
                           "> /opt/log",
                           "cmd 2>/opt/log arg",
                           "echo 'make' | sh",
                           "cat deploy.sh | bash",
                           "printf '%s' \"$SCRIPT\" | bash -s",
                           "envsubst < a | sed s/a/b/ | sh",
                           "curl x | jq .",
                           "curl x | tar xz",
                           "curl x | bash-completion",
                           "TOKEN=$(curl x | jq -r .token)",
                           "eval \"$(ssh-agent -s)\"",
                           "source \"/builds/shop/checkout.tmp/gitlab_runner_env\" set",
                           "source venv/bin/activate",
                           ". /opt/venv/bin/activate",
                           "echo 'curl x | bash'",
                           "echo \"run curl x | bash\"",
                           "# curl x | bash",
                           "true # curl x | bash",
                           "curl -o data.json x && bash build.sh",
                           "git clone https://x.example/data.git\ndiff -r data public",
                           "git clone https://x.example/tools.git\n./deploy.sh tools/a",
                           "git clone https://x.example/tools.git\ncd tools\nls\ncd ..\n./up.sh",
                           "git clone https://x.example/app.git .\n./deploy.sh",
                           "git clone \"$URL\"\n./deploy.sh",
                           "cat > x.json <<EOF\n\"/api\": 1\n/opt/x\nEOF",
                           "cat <<-'EOF'\n/opt/x\n\tEOF\n",
                           "echo y | ./install.sh",
                           "curl x | python3 parse.py",
                           "ssh host bash -s < x.sh",
                           "echo $((1 << 2)) /opt/x",
                           "for f in /a/b /c/d; do echo $f; done",
                           "//comment",
                           "/",
                           ""}) {
    BOOST_TEST(Found(line) == "none", line << " is " << Found(line));
  }
}

// The reader is given scripts of 16 MiB.
BOOST_AUTO_TEST_CASE(deep_and_long_texts_end) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "$(";
  BOOST_TEST(Found(deep) == "none");
  std::string quotes(200'000, '"');
  quotes += '\'';
  BOOST_TEST(Found(quotes) == "none");
  BOOST_TEST(Found(std::string(200'000, '\'') + "x\"`<<") == "none");
  BOOST_TEST(Found(std::string("\0\0/opt/x", 8)) == "none");
}

BOOST_AUTO_TEST_SUITE_END()
