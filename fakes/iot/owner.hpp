// The registry's owner thread: takes what callers queue, answers from the index and writes all that was queued in one
// transaction. Owned by the Registry, which adds coroutines and replicas; knows no Asio.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "fakes/iot/database.hpp"
#include "fakes/iot/index.hpp"
#include "fakes/iot/registry_logic.hpp"

namespace firstlight::fakes::iot {

class RegistryOwner {
 public:
  /// Both run on the owner thread and must not throw. `complete` is called exactly once, with the error that kept the
  /// batch from being committed, or with nothing; empty when nobody waits.
  struct Operation {
    std::function<void(Ledger&)> apply;
    std::function<void(const std::optional<Error>&)> complete;
  };
  /// A certificate's new state, due at the replicas; on the owner thread, in order.
  using Publish = std::function<void(const CertificateId&, const CertificateView&)>;

  /// Loads the file. Errors: database-error.
  static result<std::unique_ptr<RegistryOwner>> create(std::unique_ptr<Database> database, RegistryConfig config,
                                                       const WallClock& clock, Publish publish);
  ~RegistryOwner();
  /// Only before start().
  [[nodiscard]] const Index& index() const { return index_; }
  void start();
  /// From any thread. After close(), the operation completes at once with `cancelled`, on the calling thread.
  void submit(Operation operation);
  /// submit() and wait; not from the owner thread.
  std::optional<Error> submit_and_wait(std::function<void(Ledger&)> apply);
  [[nodiscard]] std::optional<Error> failure() const;
  /// Finishes what was queued, closes the file, ends the thread.
  void close();

 private:
  struct Update {
    CertificateId id;
    CertificateView view;
  };

  RegistryOwner(std::unique_ptr<Database> database, RegistryConfig config, const WallClock& clock, Publish publish);
  result<void> load();
  void loop();
  [[nodiscard]] bool wait_for_work(std::vector<Operation>& batch);
  void run(std::vector<Operation>& batch);
  void run_durable(std::vector<Operation>& batch);
  void run_volatile(std::vector<Operation>& batch);
  [[nodiscard]] Rows apply(Operation& operation);
  void take_effect(const Rows& rows);
  void run_timers();
  void plan_retirement(const CertificateRow& row);
  void publish_when_due(Update update);
  [[nodiscard]] Operation retirement(const CertificateId& id);
  void remember(const Error& error);

  std::unique_ptr<Database> database_;
  RegistryConfig config_;
  const WallClock& clock_;
  Publish publish_;
  CryptoContext crypto_;
  Index index_;
  bool index_ahead_ = false;  // the index holds rows that could not be committed: reload before the next answer
  std::vector<StatusChange> retired_;                                      // by what is being written
  std::vector<std::pair<CertificateId, std::chrono::milliseconds>> late_;  // by what is being written
  std::multimap<SteadyClock::time_point, Update> updates_;
  std::unordered_map<CertificateId, SteadyClock::time_point> held_;  // late certificates: nothing of them before
  std::multimap<SteadyClock::time_point, CertificateId> retirements_;

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable wake_;
  std::vector<Operation> queue_;
  bool closing_ = false;
  std::optional<Error> failure_;
  std::thread thread_;
};

}  // namespace firstlight::fakes::iot
