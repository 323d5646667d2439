// The schema of the state file and how an older one becomes the current one. docs/database.md describes every column.
#pragma once

#include <array>

namespace firstlight::fakes::iot {

/// "FLIT": tells a state file from another program's database.
inline constexpr int kApplicationId = 0x464C4954;

/// Script i lifts a file from version i to i + 1; PRAGMA user_version holds the version. Append, never edit: files of
/// every released version exist.
inline constexpr std::array<const char*, 1> kMigrations{R"(
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
CREATE TABLE devices (
  device_id     TEXT PRIMARY KEY,
  imsi          TEXT UNIQUE,
  imei          TEXT,
  sim_id        TEXT UNIQUE,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms  INTEGER NOT NULL
) STRICT;
CREATE TABLE device_configs (
  device_id   TEXT PRIMARY KEY REFERENCES devices,
  overrides   TEXT NOT NULL CHECK (json_valid(overrides)),
  modified_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE things (
  thing_name TEXT PRIMARY KEY,
  device_id  TEXT NOT NULL REFERENCES devices,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE policies (
  policy_name TEXT PRIMARY KEY,
  document    TEXT NOT NULL,
  created_ms  INTEGER NOT NULL
) STRICT;
CREATE TABLE certificates (
  certificate_id   TEXT PRIMARY KEY,
  device_id        TEXT REFERENCES devices,
  thing_name       TEXT REFERENCES things,
  status           TEXT NOT NULL CHECK (status IN ('ACTIVE', 'INACTIVE', 'REVOKED', 'PENDING_TRANSFER',
                                                   'REGISTER_INACTIVE', 'PENDING_ACTIVATION')),
  pem              TEXT NOT NULL,
  not_before_s     INTEGER NOT NULL,
  not_after_s      INTEGER NOT NULL,
  created_ms       INTEGER NOT NULL,
  modified_ms      INTEGER NOT NULL,
  customer_version INTEGER NOT NULL,
  retire_at_ms     INTEGER
) STRICT;
CREATE INDEX certificates_by_device ON certificates (device_id);
CREATE TABLE policy_attachments (
  certificate_id TEXT NOT NULL REFERENCES certificates,
  policy_name    TEXT NOT NULL REFERENCES policies,
  PRIMARY KEY (certificate_id, policy_name)
) STRICT, WITHOUT ROWID;
CREATE TABLE presence (
  device_id TEXT PRIMARY KEY REFERENCES devices,
  connected INTEGER NOT NULL CHECK (connected IN (0, 1)),
  address   TEXT NOT NULL,
  reason    TEXT NOT NULL,
  since_ms  INTEGER NOT NULL
) STRICT;
CREATE TABLE authorities (
  role            TEXT PRIMARY KEY CHECK (role IN ('server', 'device')),
  certificate_pem TEXT NOT NULL,
  private_key_pem TEXT NOT NULL,
  created_ms      INTEGER NOT NULL
) STRICT;
INSERT INTO meta VALUES ('created_by', 'firstlight )" FIRSTLIGHT_VERSION R"('),
                        ('created_at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'));
)"};

inline constexpr int kSchemaVersion = static_cast<int>(kMigrations.size());

}  // namespace firstlight::fakes::iot
