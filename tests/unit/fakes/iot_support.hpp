// What the tests of the IoT registry share: a temporary folder, a command's output, shards, and awaiting from a test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/net/shard.hpp"
#include "fakes/iot/registry.hpp"
#include "tests/unit/fakes/iot_samples.hpp"

namespace firstlight::fakes::iot {

class TempFolder {
 public:
  TempFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "firstlight-iot-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

struct Ran {
  std::string output;  // standard output and standard error
  int status = 0;
};
inline Ran run_command(const std::string& command) {
  Ran ran;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen");
  std::array<char, 4096> buffer{};
  while (const auto n = std::fread(buffer.data(), 1, buffer.size(), pipe)) ran.output.append(buffer.data(), n);
  ran.status = ::pclose(pipe);
  return ran;
}
inline Ran sqlite_shell(const std::string& path, const std::string& sql) {
  return run_command("sqlite3 '" + path + "' \"" + sql + "\"");
}

/// Runs the awaitable on the shard and waits for it from the test's thread.
template <class T>
T await(Shard& shard, boost::asio::awaitable<T> operation) {
  return boost::asio::co_spawn(shard.io(), std::move(operation), boost::asio::use_future).get();
}

/// A registry on two running shards, taken down in the order that the lab uses.
class Bench {
 public:
  explicit Bench(RegistryConfig config) : shards(2, "iot-test") {
    shards.start();
    auto opened = Registry::open(std::move(config), shards, clock);
    if (!opened) throw ErrorException(opened.error());
    registry = std::move(*opened);
  }
  ~Bench() {
    registry->close();
    shards.stop();
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  DeviceRecord admit(const std::string& imsi, std::optional<SimId> sim = {}, unsigned shard = 0) {
    auto admitted = await(shards.at(shard), registry->admit_device(Imsi(imsi), {}, std::move(sim)));
    EXPECT_TRUE(admitted) << (admitted ? "" : admitted.error().text());
    return admitted.value();
  }
  /// As the replica of a shard sees it now; nothing where it does not know the certificate.
  std::optional<CertificateView> seen(unsigned shard, const CertificateId& id) {
    std::optional<CertificateView> view;
    shards.at(shard).run_and_wait([&] {
      if (const auto* found = registry->replica(shard).find(id)) view = *found;
    });
    return view;
  }

  WallClock clock;
  ShardSet shards;
  std::unique_ptr<Registry> registry;
};

}  // namespace firstlight::fakes::iot
