// The rows of the state file: one struct a table (docs/database.md). A row is the whole new state of its key; rules
// emit rows, the index applies them and the store writes them, so that memory and file cannot tell different stories.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "fakes/iot/records.hpp"

namespace firstlight::fakes::iot {

struct DeviceRow {  // its thing has the device id as its name
  DeviceId id;
  std::optional<Imsi> imsi;  // nothing: another device took the IMSI over
  std::optional<Imei> imei;
  std::optional<SimId> sim_id;
  WallTime first_seen;
  WallTime last_seen;
};
struct DeviceConfigRow {
  DeviceId device_id;
  std::string overrides;
  WallTime modified;
};
struct ThingRow {
  std::string name;
  DeviceId device_id;
  WallTime created;
};
struct PolicyRow {
  std::string name;
  std::string document;
  WallTime created;
};
/// Besides `certificates`, carries the certificate's line in `policy_attachments`.
struct CertificateRow {
  CertificateRecord record;
  std::optional<WallTime> retire_at;  // a successor exists: turns INACTIVE then
};
struct PresenceRow {
  DeviceId device_id;
  bool connected = false;
  std::string address;
  std::string reason;  // why it is not connected; empty while it is
  WallTime since;
};
struct AuthorityRow {
  std::string role;  // "server" or "device"
  AuthorityPem pem;
  WallTime created;
};

using Row = std::variant<DeviceRow, DeviceConfigRow, ThingRow, PolicyRow, CertificateRow, PresenceRow, AuthorityRow>;
using Rows = std::vector<Row>;

}  // namespace firstlight::fakes::iot
