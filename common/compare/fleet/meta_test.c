/*
 * The random-effects mean against R's metafor 3.8-1 (R 4.2.2), `rma(yi, vi, test="knha")` with
 * control=list(threshold=1e-12), and its predict(), on data that metafor brings along: dat.bcg
 * (escalc(measure="RR"); 13 trials of a vaccine), its first three trials, where the variance
 * between them is 0, and dat.normand1999 (measure="SMD").
 */
#include "meta.h"
#include "special.h"
#include "tap.h"

#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct known {
    double mean, error, low, high, tau2, q, q_p, i2, next_low, next_high, p;
};

static void test_known(const char *name, const double *y, const double *v, size_t k,
                       const struct known *known)
{
    struct meta meta = meta_of(y, v, k);
    const struct {
        const char *name;
        double got, wanted;
    } figures[] = {
        {"mean", meta.mean, known->mean},
        {"error (Hartung and Knapp)", meta.error, known->error},
        {"interval from", meta.low, known->low},
        {"interval to", meta.high, known->high},
        {"p", meta.p, known->p},
        {"variance between (REML)", meta.tau2, known->tau2},
        {"Q", meta.q, known->q},
        {"p of Q", meta.q_p, known->q_p},
        {"I2", 100 * meta.i2, known->i2},
        {"prediction from", meta.next_low, known->next_low},
        {"prediction to", meta.next_high, known->next_high},
    };
    for (size_t i = 0; i < COUNT(figures); i++) {
        char title[96];
        snprintf(title, sizeof title, "%s: %s", name, figures[i].name);
        if (figures[i].wanted == 0)
            tap_ok(figures[i].got == 0, title);
        else
            tap_near(figures[i].got, figures[i].wanted, 2e-7, title);
    }
}

static void test_metafor(void)
{
    static const double bcg_y[] = {-0.8893113339, -1.5853886572, -1.3480731483, -1.4415511900,
                                   -0.2175473222, -0.7861155858, -1.6208982236, 0.0119523335,
                                   -0.4694176487, -1.3713448035, -0.3393588283, 0.4459134006,
                                   -0.0173139482};
    static const double bcg_v[] = {0.3255847650, 0.1945811214, 0.4153679654, 0.0200100319,
                                   0.0512101722, 0.0069056185, 0.2230172476, 0.0039615793,
                                   0.0564342105, 0.0730247936, 0.0124122140, 0.5325058452,
                                   0.0714046597};
    static const double normand_y[] = {-0.3551696409, -0.3479400227, -2.3175691602,
                                       -1.8879822529, -0.3839641412, 0.1721486691,
                                       0.2720520739,  -0.4245962719, 0.2895562301};
    static const double normand_v[] = {0.0130646755, 0.0644688761, 0.0458121103,
                                       0.1606177359, 0.2054332784, 0.0369105700,
                                       0.0602671258, 0.0148630384, 0.0362717342};
    test_known("dat.bcg", bcg_y, bcg_v, COUNT(bcg_y),
               &(struct known){-0.714532342, 0.180791744, -1.10844371, -0.320620971, 0.313243258,
                               152.233008, 1.99676459e-26, 92.2213845, -1.99601683, 0.56695215,
                               0.0019200151});
    test_known("three of them", bcg_y, bcg_v, 3,
               &(struct known){-1.33023415, 0.20954537, -2.23183511, -0.428633189, 0, 0.932469863,
                               0.62735988, 0, -2.23183511, -0.428633189, 0.0239271762});
    test_known("dat.normand1999", normand_y, normand_v, COUNT(normand_y),
               &(struct known){-0.537108258, 0.309285634, -1.25032221, 0.176105692, 0.790842914,
                               123.729274, 5.62251323e-23, 95.4949371, -2.708307, 1.63409048,
                               0.120664532});
}

static void test_edges(void)
{
    static const double y[] = {0.1, 0.3, 0.2}, none[] = {0, 0, 0}, same[] = {0.5, 0.5, 0.5};
    struct meta meta = meta_of(y, none, 3);
    tap_near(meta.mean, 0.2, 1e-9, "without variances of their own all hosts weigh the same");
    tap_near(meta.tau2, 0.01, 1e-9, "and all variance lies between them");
    tap_near(meta.error, 0.1 / sqrt(3), 1e-9, "so that the interval is Student's");
    meta = meta_of(same, none, 3);
    tap_ok(meta.mean == 0.5 && meta.low == 0.5 && meta.next_high == 0.5, "equal figures");
    meta = meta_of(y, none, 2);
    tap_ok(isinf(meta.low) && isinf(meta.next_high) && meta.p == 1, "two hosts have no interval");
    meta = meta_of(y, none, 1);
    tap_ok(fabs(meta.mean - 0.1) < 1e-15 && isinf(meta.high) && meta.tau2 == 0, "nor has one");
}

/* R's pchisq(lower=FALSE), digamma and trigamma. */
static void test_special(void)
{
    tap_near(chi_square_tail(3.2, 4), 0.524930946786, 1e-11, "chi-square: the middle");
    tap_near(chi_square_tail(152.233, 12), 1.99677213734e-26, 1e-10, "a far tail");
    tap_near(chi_square_tail(950, 999), 0.864268182286, 1e-10, "many degrees, below");
    tap_near(chi_square_tail(1100, 999), 0.0138184675255, 1e-10, "and above");
    tap_ok(chi_square_tail(0, 3) == 1, "0 is exceeded for certain");
    tap_near(digamma(2.5), 0.703156640645, 1e-11, "digamma");
    tap_near(digamma(0.3), -3.5025242222, 1e-10, "digamma below 1");
    tap_near(trigamma(2.5), 0.4903577561, 1e-9, "trigamma");
    tap_near(trigamma(0.3), 12.2453645461, 1e-10, "trigamma below 1");
    tap_near(trigamma_inverse(trigamma(7.25)), 7.25, 1e-9, "its inverse");
}

int main(void)
{
    test_metafor();
    test_edges();
    test_special();
    return tap_done();
}
