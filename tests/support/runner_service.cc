#include "tests/support/runner_service.h"

#include <Poco/Buffer.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/WebSocket.h>
#include <Poco/StreamCopier.h>
#include <Poco/ThreadPool.h>
#include <Poco/Timespan.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <ostream>
#include <utility>

namespace jobwarden::testing {
namespace {

using Json = nlohmann::ordered_json;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;
using Poco::Net::WebSocket;

// Without the time that stands before each line.
std::string WithoutTimes(const std::string& log) {
  const auto timed = [](const std::string& line) {
    const auto space = line.find(' ');
    return space != line.npos && space > 20 && line[space - 1] == 'Z' && line[10] == 'T';
  };
  std::string text;
  for (std::size_t at = log.starts_with("\xEF\xBB\xBF") ? 3 : 0; at < log.size();) {
    const auto end = std::min(log.find('\n', at), log.size());
    const std::string line = log.substr(at, end - at);
    text += (timed(line) ? line.substr(line.find(' ') + 1) : line) + "\n";
    at = end + 1;
  }
  return text;
}

// Without what the runner says of a step before it starts, and once more of a container hook.
std::string WithoutHeading(std::string log) {
  const std::string end = "##[endgroup]\n";
  const std::string run = "##[group]Run ";
  if (log.starts_with("A job ") && log.find('\n') + 1 == log.find(run)) log.erase(0, log.find(run));
  while (log.starts_with(run) && log.find(end) != log.npos) {
    log.erase(0, log.find(end) + end.size());
  }
  return log;
}

// By numbers in the steps' updates, by words in the job's completion.
std::string Conclusion(const Json& value) {
  if (value == 2 || value == "succeeded" || value == "succeededWithIssues") return "success";
  if (value == 3 || value == "failed") return "failure";
  if (value == 4 || value == "canceled") return "cancelled";
  if (value == 7 || value == "skipped") return "skipped";
  return "";
}

int ExitCode(const std::string& conclusion, const std::string& log) {
  if (conclusion != "failure") return 0;
  const std::string words = "##[error]Process completed with exit code ";
  const auto at = log.rfind(words);
  return at == log.npos ? 1 : std::stoi(log.substr(at + words.size()));
}

Json Annotation(const Json& told) {
  const std::string level = told.value("level", "");
  return {{"event", "annotation"},
          {"level", level == "failure" ? "error" : level},
          {"title", told.value("title", "")},
          {"message", told.value("message", "")}};
}

constexpr int kPending = 5;  // a step's status

struct Step {
  std::string name;
  std::string conclusion;
  bool has_begun = false;
  Json annotations = Json::array();
};

}  // namespace

struct RunnerService::State {
  std::string archives;
  std::function<void(const std::string&)> on_line;
  std::string url;

  mutable std::mutex mutex;
  std::map<int, std::string> order;   // of steps
  std::map<std::string, Step> steps;  // by the runner's id
  std::map<std::string, std::string> blobs;
  Json completion;

  Poco::ThreadPool pool{2, 32};
  std::unique_ptr<Poco::Net::HTTPServer> server;

  void Note(int number, const std::string& id, const std::string& name, bool has_begun,
            const Json& conclusion) {
    order[number] = id;
    steps[id].name = name;
    steps[id].has_begun = has_begun;
    if (const std::string known = Conclusion(conclusion); !known.empty()) {
      steps[id].conclusion = known;
    }
  }

  // What an upload goes to, and where that is told.
  Json Blob(const std::string& kind, const Json& request) const {
    const std::string blob = url + "/blob/" + kind + "/" + request.value("step_backend_id", "");
    return {{kind + "_url", blob + "?signed=1"},
            {"blob_storage_type", "BLOB_STORAGE_TYPE_UNSPECIFIED"},
            {"soft_size_limit", 1024 * 1024}};
  }

  Json ResolveActions(const Json& request) const {
    Json actions = Json::object();
    for (const Json& action : request["actions"]) {
      const std::string name = action["action"];
      const std::string archive = name.substr(name.find('/') + 1) + ".tar.gz";
      actions[name + "@" + action["version"].get<std::string>()] = {
          {"name", name},
          {"resolved_name", name},
          {"resolved_sha", std::string(40, 'c')},
          {"version", action["version"]},
          {"tar_url", url + "/archive/" + archive}};
    }
    return {{"actions", std::move(actions)}};
  }

  // The answer to a request that carries JSON; null where the path is unknown.
  Json Post(const std::string& path, const std::string& body) {
    const Json request = Json::parse(body, nullptr, false);
    const std::string method = path.substr(path.rfind('/') + 1);
    const std::lock_guard lock(mutex);
    if (method == "completejob") {
      completion = request;
      for (const Json& step : request.value("stepResults", Json::array())) {
        const std::string id = step["external_id"];
        Note(step.value("number", 0), id, step["name"], true, step.value("conclusion", Json()));
        steps[id].annotations = step.value("annotations", Json::array());
      }
      return Json::object();
    }
    if (method == "WorkflowStepsUpdate") {
      for (const Json& step : request["steps"]) {
        Note(step["number"], step["external_id"], step["name"], step["status"] != kPending,
             step["conclusion"]);
      }
      return {{"ok", true}};
    }
    if (method == "GetStepLogsSignedBlobURL") return Blob("logs", request);
    if (method == "GetJobLogsSignedBlobURL") return Blob("logs", request);
    if (method == "GetStepSummarySignedBlobURL") return Blob("summary", request);
    if (method == "GetJobDiagLogsSignedBlobURL") return Blob("diag_logs", request);
    if (method.starts_with("Create")) return {{"ok", true}};
    if (path.ends_with("/runnerresolve/actions")) return ResolveActions(request);
    return nullptr;
  }

  void Follow(HTTPServerRequest& request, HTTPServerResponse& response) const {
    WebSocket console(request, response);
    console.setReceiveTimeout(Poco::Timespan(3600, 0));
    std::string message;
    while (true) {
      Poco::Buffer<char> part(0);
      int flags = 0;
      const int size = console.receiveFrame(part, flags);
      const int kind = flags & WebSocket::FRAME_OP_BITMASK;
      if (kind == WebSocket::FRAME_OP_PING) {
        console.sendFrame(part.begin(), size,
                          int{WebSocket::FRAME_FLAG_FIN} | int{WebSocket::FRAME_OP_PONG});
        continue;
      }
      if (kind == WebSocket::FRAME_OP_CLOSE || (size == 0 && flags == 0)) return;
      message.append(part.begin(), part.size());
      if ((flags & WebSocket::FRAME_FLAG_FIN) == 0) continue;
      const Json lines = Json::parse(message, nullptr, false);
      message.clear();
      if (!lines.is_object()) continue;
      for (const Json& line : lines["value"]) on_line(line);
    }
  }

  void Serve(HTTPServerRequest& request, HTTPServerResponse& response) {
    const std::string target = request.getURI();
    const std::string path = target.substr(0, target.find('?'));
    if (path == "/feed") {
      try {
        Follow(request, response);
      } catch (const Poco::Exception&) {  // a worker that is killed does not say goodbye
      }
      return;
    }
    if (request.getExpectContinue()) response.sendContinue();
    std::string body;
    Poco::StreamCopier::copyToString(request.stream(), body);
    std::string answer;
    if (request.getMethod() == "POST") {
      const Json json = Post(path, body);
      if (json.is_null()) response.setStatus(HTTPServerResponse::HTTP_NOT_FOUND);
      answer = json.dump();
    } else if (request.getMethod() == "PUT" && path.starts_with("/blob/")) {
      const std::lock_guard lock(mutex);
      if (target.find("comp=appendblock") == target.npos) blobs[path].clear();
      blobs[path] += body;
      response.setStatus(HTTPServerResponse::HTTP_CREATED);
    } else if (const std::string name = "/archive/"; path.starts_with(name)) {
      std::ifstream file(archives + "/" + path.substr(name.size()), std::ios::binary);
      answer.assign(std::istreambuf_iterator<char>(file), {});
    } else {
      response.setStatus(HTTPServerResponse::HTTP_NOT_FOUND);
    }
    response.setContentType(request.getMethod() == "POST" ? "application/json"
                                                          : "application/octet-stream");
    response.setContentLength64(static_cast<std::int64_t>(answer.size()));
    response.send() << answer;
  }
};

namespace {

template <class State>
class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(State& state) : state_(state) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return new Handler(state_);
  }

 private:
  class Handler final : public Poco::Net::HTTPRequestHandler {
   public:
    explicit Handler(State& state) : state_(state) {}
    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
      state_.Serve(request, response);
    }

   private:
    State& state_;
  };

  State& state_;
};

}  // namespace

RunnerService::RunnerService(std::string archives, std::function<void(const std::string&)> on_line)
    : state_(std::make_unique<State>()) {
  state_->archives = std::move(archives);
  state_->on_line = std::move(on_line);
  const Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
  state_->url = "http://127.0.0.1:" + std::to_string(socket.address().port());
  Poco::Net::HTTPServerParams::Ptr parameters = new Poco::Net::HTTPServerParams;
  parameters->setKeepAlive(false);
  state_->server = std::make_unique<Poco::Net::HTTPServer>(new Factory(*state_), state_->pool,
                                                           socket, parameters);
  state_->server->start();
}

RunnerService::~RunnerService() {
  state_->server->stopAll(true);
  state_->pool.joinAll();
}

std::string RunnerService::url() const {
  return state_->url;
}

bool RunnerService::completed() const {
  const std::lock_guard lock(state_->mutex);
  return !state_->completion.is_null();
}

std::vector<Json> RunnerService::Kept() const {
  const std::lock_guard lock(state_->mutex);
  const auto blob = [this](const std::string& kind, const std::string& id) {
    const auto found = state_->blobs.find("/blob/" + kind + "/" + id);
    return found == state_->blobs.end() ? std::string() : found->second;
  };
  std::vector<Json> events;
  for (const auto& [number, id] : state_->order) {
    const Step& step = state_->steps.at(id);
    // The runner's own first and last step, in which nothing of the job runs.
    const bool is_frame = step.name == "Set up job" || step.name == "Complete job";
    if (!step.has_begun || (is_frame && step.conclusion == "success")) continue;
    const std::string log = WithoutHeading(WithoutTimes(blob("logs", id)));
    events.push_back({{"event", "step"}, {"name", step.name}});
    if (!log.empty()) events.push_back({{"event", "log"}, {"text", log}});
    for (const Json& told : step.annotations) events.push_back(Annotation(told));
    if (const std::string summary = blob("summary", id); !summary.empty()) {
      events.push_back({{"event", "summary"}, {"text", summary}});
    }
    if (step.conclusion.empty()) continue;
    events.push_back({{"event", "end"},
                      {"conclusion", step.conclusion},
                      {"exit_code", ExitCode(step.conclusion, log)}});
  }
  for (const Json& told : state_->completion.is_object()
                              ? state_->completion.value("annotations", Json::array())
                              : Json::array()) {
    events.push_back(Annotation(told));
  }
  return events;
}

}  // namespace jobwarden::testing
