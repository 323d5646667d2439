// What each point is about to do, as data that effects edit before it is done: one plan per point, in fault/plans/.
// This file has them all, for who deals with several; whoever deals with one includes that one.
#pragma once

#include "fault/plans/attach.hpp"
#include "fault/plans/broker.hpp"
#include "fault/plans/camera.hpp"
#include "fault/plans/config_api_body.hpp"
#include "fault/plans/config_api_certificate.hpp"
#include "fault/plans/endorse_token.hpp"
#include "fault/plans/http.hpp"
#include "fault/plans/iot_certificate.hpp"
#include "fault/plans/iot_register.hpp"
#include "fault/plans/iot_verify.hpp"
#include "fault/plans/link.hpp"
#include "fault/plans/mqtt.hpp"
#include "fault/plans/tls.hpp"
