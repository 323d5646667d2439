// Policy documents and names from outside: parsing ends with a policy or an error, and evaluation with a verdict.
// Input: the name, a client id and a thing name on a line each, then the document.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fakes/iot/policy.hpp"

namespace {

using namespace firstlight::fakes::iot;

std::string_view line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto text = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto name = line(rest), client = line(rest), thing = line(rest);
  const PolicyContext context{client, thing};
  if (const auto policy = Policy::parse(rest))
    for (const auto action : {PolicyAction::connect, PolicyAction::publish, PolicyAction::receive,
                              PolicyAction::subscribe, PolicyAction::retain_publish, PolicyAction::assume_role})
      static_cast<void>(policy->evaluate(action, name, context));
  // Whatever a client calls itself, the camera policy gives it no topic but its own.
  static const auto camera = *Policy::parse(camera_policy_document());
  if (camera.evaluate(PolicyAction::subscribe, name, context) == Policy::Verdict::allow &&
      name != "cmd/v1/" + std::string(thing) + "/req")
    std::abort();
  return 0;
}
