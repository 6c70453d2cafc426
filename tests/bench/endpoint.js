// What validates a CI token in some twenty lines today: see serve_bench.
const crypto = require("crypto"), fs = require("fs"), http = require("http");
const jwk = JSON.parse(fs.readFileSync(process.argv[2])).keys[0];
const key = crypto.createPublicKey({ key: jwk, format: "jwk" });
const part = (text) => JSON.parse(Buffer.from(text, "base64url"));
const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    const { token, expected_project_path } = JSON.parse(body);
    const [header, payload, signature] = token.split(".");
    const { alg, kid } = part(header);
    const good = alg === "RS256" && kid === jwk.kid && crypto.verify("sha256",
      Buffer.from(header + "." + payload), key, Buffer.from(signature, "base64url"));
    const claims = part(payload), now = Date.now() / 1000;
    const valid = good && claims.exp > now && claims.iss === "https://gitlab.example.com" &&
      claims.aud === "https://ci-runners.example.com" && claims.project_path === expected_project_path;
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ valid }));
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
