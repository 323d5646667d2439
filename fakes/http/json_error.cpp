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

bool nests_deeper_than(std::string_view json, unsigned limit) {
  unsigned depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > limit) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace firstlight::fakes
