"use strict";
const at = (id) => document.getElementById(id);

function question(kind) {
  const token = at("token").value.trim();
  if (kind === "decide") return ["/v1/decide", { token }];
  if (kind === "inspect") return ["/v1/inspect/token", { token }];
  const provider = at("provider").value;
  const body = { token, provider };
  const project = at("project").value.trim();
  if (project) {
    body[provider === "gitlab" ? "expected_project_path" : "expected_repository"] = project;
  }
  return ["/v1/validate/ci-oidc", body];
}

function verdict(status, answer) {
  if (answer.error) return [answer.error.message, "bad"];
  if ("valid" in answer) return [answer.summary, answer.valid ? "good" : "bad"];
  if ("outcome" in answer) {
    const rule = answer.rule ? " by rule " + answer.rule : "";
    return [answer.outcome + rule, answer.outcome === "allow" ? "good" : "bad"];
  }
  return ["not verified: this is what the token says", "plain"];
}

function show([text, kind], notes, answer) {
  at("verdict").textContent = text;
  at("verdict").className = kind;
  at("verdict").hidden = false;
  at("findings").replaceChildren(...notes.map((note) => {
    const item = document.createElement("li");
    item.textContent = note;
    return item;
  }));
  at("answer").textContent = answer;
  at("answer").hidden = answer === "";
}

at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [path, body] = question(event.submitter ? event.submitter.value : "validate");
  try {
    const reply = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await reply.json();
    const notes = (answer.findings || answer.warnings || []).map(
      (each) => each.code + ": " + each.message + (each.hint ? " (" + each.hint + ")" : ""));
    show(verdict(reply.status, answer), notes, JSON.stringify(answer, null, 2));
  } catch (error) {
    show(["the server did not answer: " + error.message, "bad"], [], "");
  }
});
