#include <fmt/format.h>

#include <iostream>
#include <iterator>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "fakes/context/sims.hpp"
#include "harness/cli/cli.hpp"
#include "harness/plan/seed.hpp"
#include "harness/run/interrupt.hpp"
#include "harness/run/runner.hpp"
#include "journal/journal.hpp"
#include "sim/fleet.hpp"
#include "sim/url.hpp"

namespace firstlight::harness::cli {

using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

struct CameraOptions {
  sim::FleetConfig fleet;
  fault::DefectSet defects;
  std::optional<std::uint64_t> seed;
  std::string lab_file, ca_file, store, source = "127.0.0.1", imsi;
  bool exit_when_online = false;
  std::uint32_t timeout_s = 0;  // so many seconds fit into any clock; 0: no end
};

/// The file, or standard input for "-".
std::string read_text(const std::string& path) {
  if (path != "-") return read_whole_file(path);
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

/// Endpoints from the ready line of `firstlight lab --json`; what the command line says explicitly wins.
void take_lab(CameraOptions& o) {
  if (o.lab_file.empty()) return;
  const auto text = read_text(o.lab_file);
  const auto ready = nlohmann::json::parse(text.substr(0, text.find('\n')), nullptr, false);
  const auto take = [&](const char* member, std::string& into) {
    if (!ready.is_object() || !ready.contains(member) || !ready[member].is_string())
      throw UsageError(o.lab_file + ": not the ready line of a lab ('firstlight lab --json' prints it)");
    if (into.empty()) into = ready[member].get<std::string>();
  };
  take("endorse_url", o.fleet.camera.endorse_url);
  take("keys_url", o.fleet.camera.keys_url);
  take("config_url", o.fleet.camera.config_url);
  take("ca_file", o.ca_file);
}

void complete_options(CameraOptions& o) {
  take_lab(o);
  auto& camera = o.fleet.camera;
  const std::pair<const char*, const std::string*> urls[] = {
      {"--endorse-url", &camera.endorse_url}, {"--keys-url", &camera.keys_url}, {"--config-url", &camera.config_url}};
  const auto missing = [](const char* name) {
    return UsageError(
        fmt::format("{} is missing; give it, or --lab with the ready line of 'firstlight lab --json'", name));
  };
  for (const auto& [name, url] : urls) {
    if (url->empty()) throw missing(name);
    if (const auto parsed = sim::parse_https_url(*url); !parsed)
      throw UsageError(fmt::format("{}: \"{}\" cannot be used: {}", name, *url, parsed.error().detail));
  }
  if (o.ca_file.empty()) throw missing("--ca-file");
  if (!o.store.empty()) o.fleet.store_folder = o.store;
  camera.defects = o.defects;
  camera.ca_pem = read_text(o.ca_file);
}

std::string wrong_imsi(const std::string& text) {
  constexpr std::size_t kDigits = 15;
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  return digits && text.size() == kDigits ? "" : fmt::format("\"{}\" is no IMSI: that is {} digits", text, kDigits);
}

int camera(CameraOptions& o) {
  complete_options(o);
  boost::system::error_code ec;
  const auto source = asio::ip::make_address(o.source, ec);
  if (ec) {
    complain(o.source + ": not an IP address");
    return kUsage;
  }
  const auto seed = choose_seed(o.seed, {}, draw_run_seed());
  o.fleet.camera.seed = seed.value;
  const Imsi imsi = o.imsi.empty() ? fakes::derive_sim(source).imsi : Imsi(o.imsi);
  print_to(stdout, "seed {}{}\n", seed.value, seed.origin == SeedOrigin::drawn ? " (drawn; give it with --seed)" : "");
  auto journal = journal::Journal::open("", {}, [](const journal::Event& e) {
                   print_to(stdout, "{}\n", journal::narrate(e));
                   flush(stdout);
                 }).value();
  ShardSet shards(1, "fl-camera");
  shards.start();
  int code = kFailed;
  {
    sim::Fleet fleet(shards, *journal, o.fleet, {{CameraId(1), source, imsi, {}}});
    const auto begin = fleet.start();
    const auto limit =
        o.timeout_s == 0 ? SteadyClock::duration::max() : SteadyClock::duration(std::chrono::seconds(o.timeout_s));
    for (;;) {
      const bool signalled = Interrupt::wait_for(10ms);
      const auto counts = fleet.counts();
      code = counts.online > 0 ? kOk : kFailed;
      if (signalled || counts.gave_up > 0 || (o.exit_when_online && counts.online > 0) ||
          SteadyClock::now() - begin >= limit)
        break;
    }
    fleet.stop_politely(2s);
  }
  shards.stop();
  journal->close();
  return code;
}

}  // namespace

Action add_camera(CLI::App& app) {
  auto* verb = app.add_subcommand("camera", "Be one simulated camera against any endpoints, and tell each stage");
  auto o = std::make_shared<CameraOptions>();
  auto& c = o->fleet.camera;
  verb->add_option("--lab", o->lab_file, "File with the ready line of 'firstlight lab --json' ('-': standard input)");
  verb->add_option("--endorse-url", c.endorse_url, "URL of Endorse (https)");
  verb->add_option("--keys-url", c.keys_url, "URL of the public keys: a key is below it, by kid");
  verb->add_option("--config-url", c.config_url, "URL of the device's configuration");
  verb->add_option("--ca-file", o->ca_file, "PEM file with the authorities of these servers");
  verb->add_option("--source", o->source, "Local address to connect from; the lab knows a camera by it")
      ->capture_default_str();
  verb->add_option("--imsi", o->imsi, "The SIM's IMSI, which the token must carry (default: the lab's SIM of --source)")
      ->check(wrong_imsi);
  verb->add_option("--store", o->store, "Folder of the camera's store; without it the configuration is kept in memory");
  add_choice<wire::mqtt::Version>(*verb, "--mqtt", c.mqtt_version,
                                  {{"3.1.1", wire::mqtt::Version::v3_1_1}, {"5", wire::mqtt::Version::v5}},
                                  "MQTT version (default: 3.1.1)");
  add_seed_option(*verb, o->seed, "Seed of the camera's random draws, such as its waits (default: a drawn one)");
  add_defect_option(*verb, o->defects);
  verb->add_flag("--exit-when-online", o->exit_when_online, "End with 0 as soon as it is online");
  verb->add_option("--timeout", o->timeout_s, "End after this number of seconds (0: never)")
      ->check(whole_number(0, std::numeric_limits<std::uint32_t>::max()));
  verb->footer("Exit: 0 it was online at the end, 1 it was not. Ctrl-C ends it politely.");
  return [o] { return camera(*o); };
}

}  // namespace firstlight::harness::cli
