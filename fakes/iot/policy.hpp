// AWS IoT Core policy documents: Effect, Action, Resource with `*` and `?` wildcards and the variables ${iot:ClientId}
// and ${iot:Connection.Thing.ThingName}. Pure; evaluated by the edge at every CONNECT, PUBLISH, SUBSCRIBE and RECEIVE.
// An explicit Deny wins, and nothing is allowed that no statement allows. `+` and `#` are ordinary characters here, and
// what a variable stands for is never read as a wildcard. Region and account of a resource are not compared, since the
// lab has one account; action names are compared with their case (AWS's rule for that is unverified).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace firstlight::fakes::iot {

enum class PolicyAction { connect, publish, receive, subscribe, retain_publish, assume_role };

struct PolicyContext {
  std::string_view client_id;
  std::string_view thing_name;  // empty: no thing is attached, and a resource that uses the variable matches nothing
};

/// A pattern of `*`, `?`, literal characters and variables, compiled once.
class Pattern {
 public:
  /// Errors: invalid-argument for an unknown or unfinished variable. "${*}", "${?}" and "${$}" are those characters.
  static result<Pattern> compile(std::string_view text);
  /// Greedy with one point of return: at worst pattern length times text length, never exponential.
  [[nodiscard]] bool matches(std::string_view text, const PolicyContext& context) const;

 private:
  enum class Kind : unsigned char { literal, any_one, any_many };
  struct Unit {
    Kind kind;
    char c;
  };
  struct Part {
    enum class What : unsigned char { units, client_id, thing_name } what = What::units;
    std::vector<Unit> units = {};
  };
  bool expand(const PolicyContext& context, std::vector<Unit>& out) const;
  void add(Unit unit);
  static bool match_units(const std::vector<Unit>& pattern, std::string_view text);
  std::vector<Part> parts_;
};

class Policy {
 public:
  /// Errors: invalid-argument (detail: what is wrong and where in the document).
  static result<Policy> parse(std::string_view document);
  enum class Verdict { none, allow, deny };
  /// `name` is the part of the ARN after client/, topic/, topicfilter/ or rolealias/ respectively.
  [[nodiscard]] Verdict evaluate(PolicyAction action, std::string_view name, const PolicyContext& context) const;

 private:
  friend struct PolicyParser;
  /// "*" and patterns whose wildcards span the ARN's parts are compared with a whole ARN of the lab's account; others
  /// with what follows the account, e.g. "topic/cmd/v1/…".
  struct Resource {
    Pattern pattern;
    bool whole = false;
  };
  struct Statement {
    bool allow = true;
    std::vector<Pattern> actions;  // "iot:Publish", "iot:*", "*"
    std::vector<Resource> resources;
  };
  std::vector<Statement> statements_;
};

/// Confines a camera to itself: Connect as its thing's name, subscribe and receive cmd/v1/<thing>/req, publish
/// cmd/v1/<thing>/res and dt/v1/<thing>/*.
[[nodiscard]] std::string camera_policy_document();
/// Everything: for the operator's certificate.
[[nodiscard]] std::string operator_policy_document();

}  // namespace firstlight::fakes::iot
