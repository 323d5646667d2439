#include "fakes/iot/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace firstlight::fakes::iot {

namespace {

using nlohmann::json;

constexpr std::size_t kDocumentLimit = 16 * 1024;  // AWS IoT allows 2048 characters besides white space
constexpr std::string_view kLabArn = "arn:aws:iot:ap-northeast-1:123456789012:";

Error malformed(std::string detail) {
  return {Errc::invalid_argument, std::move(detail)};
}

/// A JSON document without repeated member names: with two "Effect" members, readers would disagree.
std::optional<Error> parse_strictly(std::string_view document, json& parsed) {
  if (document.size() > kDocumentLimit) return malformed(fmt::format("longer than {} bytes", kDocumentLimit));
  std::vector<std::set<std::string>> seen;
  std::string repeated;
  const auto watch = [&](int, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) seen.emplace_back();
    if (event == json::parse_event_t::object_end) seen.pop_back();
    if (event == json::parse_event_t::key && !seen.back().insert(value.get<std::string>()).second && repeated.empty())
      repeated = value.get<std::string>();
    return true;
  };
  parsed = json::parse(document.begin(), document.end(), watch, false);
  if (parsed.is_discarded()) return malformed("not JSON");
  if (!repeated.empty()) return malformed(fmt::format("member \"{}\" is given twice", repeated));
  if (!parsed.is_object()) return malformed("not a JSON object");
  return {};
}

std::optional<Error> refuse_other_members(const json& object, std::initializer_list<std::string_view> known,
                                          const std::string& where) {
  constexpr std::array<std::string_view, 5> kUnsupported{"NotAction", "NotResource", "Condition", "Principal",
                                                         "NotPrincipal"};
  for (const auto& [name, value] : object.items()) {
    if (std::find(kUnsupported.begin(), kUnsupported.end(), name) != kUnsupported.end())
      return malformed(fmt::format("{}: {} is not supported", where, name));
    if (std::find(known.begin(), known.end(), name) == known.end())
      return malformed(fmt::format("{}: unknown member \"{}\"", where, name));
  }
  return {};
}

/// A string, or an array of at least one string.
result<std::vector<std::string>> strings(const json& statement, const char* member, const std::string& where) {
  const auto found = statement.find(member);
  if (found == statement.end()) return malformed(fmt::format("{}: {} is missing", where, member));
  std::vector<std::string> values;
  if (found->is_string()) {
    values.push_back(found->get<std::string>());
  } else if (found->is_array()) {
    for (const auto& value : *found) {
      if (!value.is_string())
        return malformed(fmt::format("{}: {} holds something other than a string", where, member));
      values.push_back(value.get<std::string>());
    }
  } else {
    return malformed(fmt::format("{}: {} is neither a string nor an array", where, member));
  }
  if (values.empty()) return malformed(fmt::format("{}: {} is empty", where, member));
  return values;
}

bool made_of(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

/// What follows "arn:aws:iot:<region>:<account>:", where the text has those five parts plainly.
std::optional<std::string_view> after_account(std::string_view arn) {
  std::array<std::string_view, 5> parts;
  for (auto& part : parts) {
    const auto colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    part = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  const bool plain = parts[0] == "arn" && (parts[1] == "*" || parts[1].starts_with("aws")) &&
                     (parts[2] == "*" || parts[2] == "iot") &&
                     made_of(parts[3], "abcdefghijklmnopqrstuvwxyz0123456789-*?") && made_of(parts[4], "0123456789*?");
  return plain ? std::optional(arn) : std::nullopt;
}

std::string_view action_name(PolicyAction action) {
  switch (action) {
    case PolicyAction::connect:
      return "iot:Connect";
    case PolicyAction::publish:
      return "iot:Publish";
    case PolicyAction::receive:
      return "iot:Receive";
    case PolicyAction::subscribe:
      return "iot:Subscribe";
    case PolicyAction::retain_publish:
      return "iot:RetainPublish";
    case PolicyAction::assume_role:
      return "iot:AssumeRoleWithCertificate";
  }
  return "";
}

std::string_view resource_prefix(PolicyAction action) {
  switch (action) {
    case PolicyAction::connect:
      return "client/";
    case PolicyAction::publish:
    case PolicyAction::receive:
    case PolicyAction::retain_publish:
      return "topic/";
    case PolicyAction::subscribe:
      return "topicfilter/";
    case PolicyAction::assume_role:
      return "rolealias/";
  }
  return "";
}

result<Pattern> compile_at(std::string_view text, const std::string& where) {
  auto pattern = Pattern::compile(text);
  if (!pattern) return malformed(fmt::format("{}: {}", where, pattern.error().detail));
  return pattern;
}

}  // namespace

/// Builds a Policy from a document; apart from the class so that its header needs no JSON.
struct PolicyParser {
  static result<Policy> document(const json& parsed) {
    if (auto e = refuse_other_members(parsed, {"Version", "Id", "Statement"}, "document")) return *e;
    if (const auto version = parsed.find("Version"); version != parsed.end())
      if (*version != "2012-10-17" && *version != "2008-10-17")
        return malformed("Version is neither 2012-10-17 nor 2008-10-17");
    const auto found = parsed.find("Statement");
    if (found == parsed.end()) return malformed("Statement is missing");
    if (!found->is_array() && !found->is_object()) return malformed("Statement is neither an object nor an array");
    Policy policy;
    if (found->is_object()) {
      if (auto e = add(policy, *found, "Statement")) return *e;
      return policy;
    }
    if (found->empty()) return malformed("Statement is empty");
    for (std::size_t i = 0; i < found->size(); ++i)
      if (auto e = add(policy, (*found)[i], fmt::format("Statement[{}]", i))) return *e;
    return policy;
  }

 private:
  static std::optional<Error> add(Policy& policy, const json& object, const std::string& where) {
    if (!object.is_object()) return malformed(fmt::format("{} is not an object", where));
    if (auto e = refuse_other_members(object, {"Sid", "Effect", "Action", "Resource"}, where)) return e;
    const auto effect = object.find("Effect");
    if (effect == object.end() || (*effect != "Allow" && *effect != "Deny"))
      return malformed(fmt::format("{}: Effect is neither Allow nor Deny", where));
    Policy::Statement statement;
    statement.allow = *effect == "Allow";
    const auto actions = strings(object, "Action", where);
    if (!actions) return actions.error();
    for (const auto& text : *actions)
      if (auto e = add_action(statement, text, where)) return e;
    const auto resources = strings(object, "Resource", where);
    if (!resources) return resources.error();
    for (const auto& text : *resources)
      if (auto e = add_resource(statement, text, where)) return e;
    policy.statements_.push_back(std::move(statement));
    return {};
  }

  static std::optional<Error> add_action(Policy::Statement& statement, std::string_view text,
                                         const std::string& where) {
    if (text != "*" && !text.starts_with("iot:"))
      return malformed(fmt::format("{}: action \"{}\" does not begin with iot:", where, text));
    if (text.find('$') != std::string_view::npos)
      return malformed(fmt::format("{}: action \"{}\" holds a variable", where, text));
    auto pattern = compile_at(text, where);
    if (!pattern) return pattern.error();
    statement.actions.push_back(std::move(*pattern));
    return {};
  }

  static std::optional<Error> add_resource(Policy::Statement& statement, std::string_view text,
                                           const std::string& where) {
    if (text != "*" && !text.starts_with("arn:"))
      return malformed(fmt::format("{}: resource \"{}\" is neither * nor an ARN", where, text));
    const auto name = after_account(text);
    auto pattern = compile_at(name.value_or(text), where);
    if (!pattern) return pattern.error();
    statement.resources.push_back({std::move(*pattern), !name});
    return {};
  }
};

result<Policy> Policy::parse(std::string_view document) {
  json parsed;
  if (auto e = parse_strictly(document, parsed)) return *e;
  return PolicyParser::document(parsed);
}

Policy::Verdict Policy::evaluate(PolicyAction action, std::string_view name, const PolicyContext& context) const {
  const auto verb = action_name(action);
  auto resource = std::string(kLabArn);
  resource.append(resource_prefix(action)).append(name);
  const auto tail = std::string_view(resource).substr(kLabArn.size());
  auto verdict = Verdict::none;
  for (const auto& statement : statements_) {
    const auto acts = [&](const Pattern& p) { return p.matches(verb, context); };
    const auto concerns = [&](const Resource& r) { return r.pattern.matches(r.whole ? resource : tail, context); };
    if (std::none_of(statement.actions.begin(), statement.actions.end(), acts)) continue;
    if (std::none_of(statement.resources.begin(), statement.resources.end(), concerns)) continue;
    if (!statement.allow) return Verdict::deny;
    verdict = Verdict::allow;
  }
  return verdict;
}

std::string camera_policy_document() {
  return R"({
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "iot:Connect",
     "Resource": "arn:aws:iot:*:*:client/${iot:Connection.Thing.ThingName}"},
    {"Effect": "Allow", "Action": "iot:Subscribe",
     "Resource": "arn:aws:iot:*:*:topicfilter/cmd/v1/${iot:Connection.Thing.ThingName}/req"},
    {"Effect": "Allow", "Action": "iot:Receive",
     "Resource": "arn:aws:iot:*:*:topic/cmd/v1/${iot:Connection.Thing.ThingName}/req"},
    {"Effect": "Allow", "Action": "iot:Publish",
     "Resource": ["arn:aws:iot:*:*:topic/cmd/v1/${iot:Connection.Thing.ThingName}/res",
                  "arn:aws:iot:*:*:topic/dt/v1/${iot:Connection.Thing.ThingName}/*"]}
  ]
}
)";
}

std::string operator_policy_document() {
  return R"({
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}
}
)";
}

}  // namespace firstlight::fakes::iot
