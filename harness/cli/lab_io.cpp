#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <tuple>

#include "harness/cli/cli.hpp"
#include "harness/cli/lab_faults.hpp"
#include "harness/lab/lab.hpp"
#include "harness/run/interrupt.hpp"
#include "journal/journal.hpp"

namespace firstlight::harness::cli {

using namespace std::chrono_literals;

namespace {

struct LabOptions {
  LabConfig lab;
  std::string token_lifetime, certificate_lifetime, template_file, journal_file, faults_file;
  std::optional<std::uint64_t> seed;
  bool json = false, quiet = false;
};

nlohmann::ordered_json ready_json(const LabEndpoints& e, const LabFaults* faults) {
  nlohmann::ordered_json json{{"schema_version", 1},
                              {"endorse_url", e.endorse_url},
                              {"keys_url", e.keys_url},
                              {"config_url", e.config_url},
                              {"iot_url", e.iot_url},
                              {"mqtt_host", e.mqtt_host},
                              {"mqtt_port", e.mqtt_port},
                              {"ca_file", e.ca_file},
                              {"operator_cert_file", e.operator_cert_file},
                              {"operator_key_file", e.operator_key_file},
                              {"state_dir", e.state_dir},
                              {"registry_file", e.registry_file},
                              {"broker_pid", e.broker_pid},
                              {"pid", ::getpid()}};
  if (faults == nullptr) return json;
  json["seed"] = faults->seed().value;
  json["idle_rules"] = faults->idle_rules();
  return json;
}

/// The seed that their draws are keyed with.
std::string faults_text(const LabFaults& faults) {
  const auto& seed = faults.seed();
  return fmt::format("  {:<22}{}{}\n", "seed of the faults", seed.value,
                     seed.origin == SeedOrigin::drawn ? " (drawn; give it with --seed)" : "");
}

std::string ready_text(const LabEndpoints& e, const LabFaults* faults, std::chrono::milliseconds took) {
  auto text = fmt::format("firstlight {}: the lab is ready after {} ms\n\n", FIRSTLIGHT_VERSION, took.count());
  const auto row = [&](const char* what, const std::string& where) {
    text += fmt::format("  {:<22}{}\n", what, where);
  };
  row("Endorse", e.endorse_url);
  row("public keys", e.keys_url + "/<kid>");
  row("device configuration", e.config_url);
  row("AWS IoT control plane", e.iot_url);
  row("MQTT (mutual TLS)", fmt::format("{}:{}", e.mqtt_host, e.mqtt_port));
  row("servers' CA", e.ca_file);
  row("operator certificate", e.operator_cert_file);
  row("operator key", e.operator_key_file);
  row("registry (sqlite3)", e.registry_file);
  if (faults != nullptr) text += faults_text(*faults);
  text += "\nFor a shell:\n\n";
  const auto env = [&](const char* name, const std::string& value) {
    text += fmt::format("  export {}='{}'\n", name, value);
  };
  env("FIRSTLIGHT_ENDORSE_URL", e.endorse_url);
  env("FIRSTLIGHT_KEYS_URL", e.keys_url);
  env("FIRSTLIGHT_CONFIG_URL", e.config_url);
  env("FIRSTLIGHT_IOT_URL", e.iot_url);
  env("FIRSTLIGHT_MQTT_HOST", e.mqtt_host);
  env("FIRSTLIGHT_MQTT_PORT", std::to_string(e.mqtt_port));
  env("FIRSTLIGHT_CA_FILE", e.ca_file);
  env("FIRSTLIGHT_OPERATOR_CERT", e.operator_cert_file);
  env("FIRSTLIGHT_OPERATOR_KEY", e.operator_key_file);
  text += fmt::format(
      "\nTry it: curl --cacert \"$FIRSTLIGHT_CA_FILE\" \"$FIRSTLIGHT_ENDORSE_URL\"   (--interface 127.0.0.9: another "
      "camera)\n"
      "See everything that cameras say: mosquitto_sub -h {} -p {} --cafile \"$FIRSTLIGHT_CA_FILE\" \\\n"
      "    --cert \"$FIRSTLIGHT_OPERATOR_CERT\" --key \"$FIRSTLIGHT_OPERATOR_KEY\" -t '#' -v\n"
      "What happens in the lab follows, a line a milestone. Ctrl-C ends it.\n\n",
      e.mqtt_host, e.mqtt_port);
  return text;
}

/// Durations and files of the command line into the settings. False, after a message, when one is wrong.
bool settle(LabOptions& o) {
  const auto seconds = [](const std::string& name, const std::string& text, std::chrono::seconds& out) {
    if (text.empty()) return true;
    const auto d = parse_duration(text);
    if (!d || *d < 1s) {
      complain(
          fmt::format("{}: \"{}\" is no duration from 1s to 36600d; write a number with a unit, such as 30s, 10m, 365d",
                      name, text));
      return false;
    }
    out = std::chrono::floor<std::chrono::seconds>(*d);
    return true;
  };
  if (!seconds("--token-lifetime", o.token_lifetime, o.lab.settings.token_lifetime)) return false;
  if (!seconds("--certificate-lifetime", o.certificate_lifetime, o.lab.settings.certificate_lifetime)) return false;
  if (!o.template_file.empty()) o.lab.settings.config_template.json = read_whole_file(o.template_file);
  return true;
}

int lab(LabOptions& o) {
  if (!settle(o)) return kUsage;
  std::unique_ptr<LabFaults> faults;
  if (!o.faults_file.empty()) {
    faults = LabFaults::load(o.faults_file, o.seed);
    if (!faults) return kUsage;
    faults->configure(o.lab);
  }
  std::FILE* milestones = o.json ? stderr : stdout;
  const auto begin = SteadyClock::now();
  std::atomic<bool> ready{false};  // what happens before belongs to the start, which reports itself
  journal::Journal::Observer observer;
  if (faults || !o.quiet)
    observer = [milestones, &ready, &faults, quiet = o.quiet](const journal::Event& e) {
      if (faults) faults->observe(e);
      if (quiet || !ready) return;
      print_to(milestones, "{}\n", journal::narrate(e));
      flush(milestones);
    };
  auto opened = journal::Journal::open(o.journal_file, {{"version", FIRSTLIGHT_VERSION}}, std::move(observer));
  if (!opened) throw ErrorException(opened.error());
  auto& journal = **opened;
  auto started = RunningLab::start(o.lab, journal);
  if (!started) throw ErrorException(started.error());
  auto& running = **started;
  if (faults) {
    for (const auto& remark : faults->remarks(running)) complain(remark);
    faults->start(running, journal, journal.lane());
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - begin);
  if (o.json)
    print_to(stdout, "{}\n", ready_json(running.endpoints(), faults.get()).dump());
  else
    write_to(stdout, ready_text(running.endpoints(), faults.get(), took));
  flush(stdout);
  ready = true;
  std::string trouble;
  while (!Interrupt::wait_for(faults ? 5ms : 100ms)) {
    if (faults) faults->work();
    if (trouble = running.trouble(); !trouble.empty()) break;
  }
  if (const auto lost = running.lost_refusals(); !lost.empty()) complain(lost);
  const auto stopped = running.stop();
  journal.close();
  if (trouble.empty() && !stopped) trouble = stopped.error().text();
  if (trouble.empty() && journal.failure()) trouble = journal.failure()->text();
  if (trouble.empty()) return kOk;
  complain(trouble);
  return kInfra;
}

}  // namespace

Action add_lab(CLI::App& app) {
  auto* verb = app.add_subcommand("lab", "Keep the lab running for real devices, and tell what happens");
  auto o = std::make_shared<LabOptions>();
  auto& c = o->lab;
  verb->add_option("--address", c.address, "Address that all services listen on")
      ->capture_default_str()
      ->check(CLI::ValidIPV4 | CLI::IsMember({"::1", "::"}));
  verb->add_option("--advertise", c.advertise, "Host to put into URLs and the configuration, when it is not --address")
      ->check(host_name(Wildcard::forbidden));
  repeatable(verb->add_option("--name", c.extra_names,
                              "A further DNS name or address for the servers' certificates (repeatable)"))
      ->check(host_name(Wildcard::allowed));
  const std::tuple<const char*, std::uint16_t*, const char*> ports[] = {
      {"--endorse-port", &c.ports.endorse, "Port of Endorse (default: any free one; likewise below)"},
      {"--keys-port", &c.ports.keys, "Port of the public keys"},
      {"--config-port", &c.ports.config, "Port of the device-config API"},
      {"--iot-port", &c.ports.iot, "Port of the AWS IoT control plane"},
      {"--mqtt-port", &c.ports.mqtt, "Port of the MQTT edge"}};
  for (const auto& [name, port, help] : ports) verb->add_option(name, *port, help)->check(whole_number(0, 65535));
  verb->add_option("--state", c.state_file, "Keep the registry and its authorities in this SQLite file");
  verb->add_flag("--strict-sims", c.settings.strict_sims,
                 "Refuse addresses that no list names, instead of giving them a SIM");
  verb->add_option("--token-lifetime", o->token_lifetime, "Lifetime of tokens, such as 10m");
  verb->add_option("--certificate-lifetime", o->certificate_lifetime, "Lifetime of device certificates, such as 365d");
  add_choice<language::DeviceKeyKind>(
      *verb, "--certificate-key", c.settings.certificate_key,
      {{"ec-p256", language::DeviceKeyKind::ec_p256}, {"rsa-2048", language::DeviceKeyKind::rsa_2048}},
      "Key of device certificates (default: ec-p256)");
  add_choice<language::Refusal>(*verb, "--refusal", c.settings.refusal,
                                {{"tls-alert", language::Refusal::tls_alert},
                                 {"close-after-handshake", language::Refusal::close_after_handshake},
                                 {"connack", language::Refusal::connack}},
                                "How the edge refuses a certificate (default: tls-alert)");
  verb->add_option("--config-template", o->template_file,
                   "JSON object that is merged over the configuration's template");
  auto* faults = verb->add_option(
      "--faults", o->faults_file,
      "Break things by the `faults:` of this scenario, with its `lab:` settings. Camera n is the "
      "device at 127.16.0.n; a rule for all cameras means every device. Scenario time starts when the lab is ready. "
      "Rules at `attach` and `camera` do nothing, and are named at the start: they need simulated cameras");
  add_seed_option(*verb, o->seed, "Seed of the faults' draws (default: the scenario's own, or a drawn one)")
      ->needs(faults);
  for (const auto* setting : {"--strict-sims", "--token-lifetime", "--certificate-lifetime", "--certificate-key",
                              "--refusal", "--config-template"})
    faults->excludes(verb->get_option(setting));
  verb->add_option("--journal", o->journal_file, "Also write every event to this file, as JSON Lines");
  verb->add_flag("--json", o->json, "Print one JSON line with all endpoints when ready; milestones go to stderr");
  verb->add_flag("-q,--quiet", o->quiet, "Do not tell what happens");
  return [o] { return lab(*o); };
}

}  // namespace firstlight::harness::cli
