// AWS IoT Core policy documents: Effect, Action, Resource with `*` and `?` wildcards and the variables ${iot:ClientId}
// and
// ${iot:Connection.Thing.ThingName}. Pure; evaluated by the edge at every CONNECT, PUBLISH, SUBSCRIBE and RECEIVE. An
// explicit Deny wins, and nothing is allowed that no statement allows.
#pragma once

#include <memory>
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

class Policy {
 public:
  /// Errors: invalid-argument (detail: what is wrong and where in the document).
  static result<Policy> parse(std::string_view document);
  enum class Verdict { none, allow, deny };
  /// `name` is the part of the ARN after client/, topic/, topicfilter/ or rolealias/ respectively.
  [[nodiscard]] Verdict evaluate(PolicyAction action, std::string_view name, const PolicyContext& context) const;

 private:
  struct Statement {
    bool allow = true;
    std::vector<std::string> actions;    // "iot:Publish", "iot:*", "*"
    std::vector<std::string> resources;  // whole ARNs or patterns
  };
  std::vector<Statement> statements_;
};

/// Confines a camera to itself: Connect as its thing's name, subscribe and receive cmd/v1/<thing>/req, publish
/// cmd/v1/<thing>/res and dt/v1/<thing>/*.
[[nodiscard]] std::string camera_policy_document();
/// Everything: for the operator's certificate.
[[nodiscard]] std::string operator_policy_document();

}  // namespace firstlight::fakes::iot
