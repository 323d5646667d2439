#include "fakes/http/json_error.hpp"

#include <nlohmann/json.hpp>

namespace firstlight::fakes {

wire::HttpResponse json_error(unsigned status, std::string_view code, std::string_view message) {
  nlohmann::ordered_json body;
  body["code"] = code;
  body["message"] = message;
  wire::HttpResponse response;
  response.status = status;
  response.body = body.dump();
  return response;
}

wire::HttpResponse method_not_allowed(std::string_view allow) {
  auto response = json_error(405, "MethodNotAllowed", "The method is not allowed here.");
  response.headers.emplace_back("Allow", allow);
  return response;
}

}  // namespace firstlight::fakes
