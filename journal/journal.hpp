// The journal: every thread appends to its own lane, one writer thread orders by (time, lane, sequence), formats JSON
// Lines and shows each event to an observer. Appending never waits for the disk and nothing is dropped; a write that
// fails is reported by failure() and makes the run `infra`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/time.hpp"
#include "journal/event.hpp"

namespace firstlight::journal {

class Lane {
 public:
  /// Stamps and queues; callable from any thread, meant for one.
  void append(Source source, std::uint32_t camera, std::string peer, Payload payload);

 private:
  friend class Journal;
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

class Journal {
 public:
  using Observer = std::function<void(const Event&)>;  // called on the writer's thread, in order

  /// `path` empty: no file, the observer alone. `header` becomes the first line's members beside "journal" and
  /// "started_at". Errors: io-error (detail: path and errno's text).
  static result<std::unique_ptr<Journal>> open(const std::string& path, nlohmann::ordered_json header,
                                               Observer observer);
  ~Journal();

  [[nodiscard]] Lane lane();  // a new lane; before or while running
  [[nodiscard]] SteadyClock::time_point epoch() const;

  /// Writes what is queued, waits for it, and closes. Later appends are lost: end the shards first.
  void close();
  [[nodiscard]] std::optional<Error> failure() const;

 private:
  struct Impl;
  explicit Journal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// One JSON line without the newline: {"t":…,"lane":…,"seq":…,"src":…,"cam":…,"peer":…,"ev":…, fields…}; cam and peer
/// only where known, and empty strings are left out.
[[nodiscard]] std::string format_event(const Event& event);
/// The inverse. Unknown members are ignored; an unknown "ev" is nothing (a newer minor version), a malformed line an
/// error (invalid-argument, detail: what).
[[nodiscard]] result<std::optional<Event>> parse_event(const std::string& line);

struct Saved {
  nlohmann::ordered_json header;
  std::vector<Event> events;
  bool torn_tail = false;  // the last line is incomplete: the process died while writing
};
/// Errors: io-error, invalid-argument (detail: file:line), or a "journal" version that is newer.
[[nodiscard]] result<Saved> read_journal(const std::string& path);
/// The same from a stream; `name` stands for the file in errors.
[[nodiscard]] result<Saved> read_journal(std::istream& file, const std::string& name);

/// One line for people: "+1.234s camera 3  mqtt_connect ok 12.3 ms (tcp 0.1, tls 8.2, connack 4.0)".
[[nodiscard]] std::string narrate(const Event& event);

}  // namespace firstlight::journal
