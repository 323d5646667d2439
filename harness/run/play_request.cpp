#include <stdexcept>

#include "harness/run/play.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

namespace firstlight::harness {

std::string encode(const PlayRequest& request) {
  const auto& s = request.scenario;
  nlohmann::ordered_json j = {{"file", s.file},
                              {"source", s.source},
                              {"config_template", s.lab.config_template.json},
                              {"timeout_us", s.timeout.count()},
                              {"seed", request.seed},
                              {"defects", fault::names_of(request.defects)},
                              {"journal", request.journal_file},
                              {"header", request.header},
                              {"narrate", request.narrate},
                              {"endorse_key", request.endorse_key.reveal()},
                              {"device_keys", nlohmann::ordered_json::array()}};
  for (const auto& key : request.device_keys) j["device_keys"].push_back(key.reveal());
  return j.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

PlayRequest decode(std::string_view text) {
  const auto j = nlohmann::ordered_json::parse(text);
  auto loaded =
      language::load_scenario(j.at("source").get<std::string>(), j.at("file").get<std::string>(), judge::vocabulary());
  if (!loaded)
    throw std::runtime_error("the scenario that was loaded cannot be loaded again:\n" + render(loaded.diagnostics));
  PlayRequest request;
  request.scenario = std::move(*loaded.scenario);
  request.scenario.lab.config_template.json = j.at("config_template").get<std::string>();
  request.scenario.timeout = Duration(j.at("timeout_us").get<Duration::rep>());
  request.seed = j.at("seed").get<std::uint64_t>();
  for (const auto& name : j.at("defects"))
    if (const auto defect = fault::find_defect(name.get<std::string>())) request.defects.add(*defect);
  request.scenario.cameras.firmware.defects.add(request.defects);
  request.journal_file = j.at("journal").get<std::string>();
  request.header = j.at("header");
  request.narrate = j.at("narrate").get<bool>();
  request.endorse_key = Secret(j.at("endorse_key").get<std::string>());
  for (const auto& key : j.at("device_keys")) request.device_keys.emplace_back(key.get<std::string>());
  return request;
}

}  // namespace firstlight::harness
